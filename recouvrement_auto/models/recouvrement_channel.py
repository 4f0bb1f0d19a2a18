from odoo import api, models


class RecouvrementChannel(models.AbstractModel):
    """The contract of a channel: three methods, and four small facts with defaults.

    An implementation is an abstract model ``recouvrement.channel.<name>`` that inherits
    this one; adding its value to ``recouvrement.channel.mixin`` is all the rest.
    """

    _name = "recouvrement.channel"
    _description = "Channel contract"

    # === THE CONTRACT === #

    @api.model
    def _reach(self, contacts, wanted, step):
        """Whom the channel reaches.

        :param contacts: ``Contact`` rows in the fallback order
        :param wanted: ids of the collection contacts; all of them are written to
        :param step: the planned ``Step``
        :return: ``(contacts, problem)``: at least one contact and ``""``, or a reason code
        """
        raise NotImplementedError

    @api.model
    def _guards(self):
        """Pure guards (``tools.guard``) that only this channel needs, read after the list."""
        return ()

    @api.model
    def _send(self, delivery, sender):
        """Send one claimed delivery and return a ``tools.smtp_phases.Outcome``.

        Called with the row locked and the claim committed. Anything raised here means
        that nothing left.
        """
        raise NotImplementedError

    # === FACTS === #

    @api.model
    def _address(self, contact):
        """The address of a contact for this channel, in its normal form."""
        return str(contact.id)

    @api.model
    def _has_text(self):
        """True when a text is rendered and frozen at the claim."""
        return False

    @api.model
    def _is_ready(self):
        """False when the channel cannot send at all right now: nothing is claimed."""
        return True

    @api.model
    def _pick(self, contacts, wanted, address_of):
        """Collection contacts that have an address, else the first contact with one."""
        chosen = [c for c in contacts if c.id in wanted and address_of(c)]
        if chosen:
            return chosen
        return [c for c in contacts if address_of(c)][:1]
