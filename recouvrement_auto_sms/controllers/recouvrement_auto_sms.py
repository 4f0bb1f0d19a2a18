import logging
import re

from odoo import http
from odoo.http import request
from odoo.tools import consteq

_logger = logging.getLogger(__name__)

UUID = re.compile(r"[0-9a-f]{32}")
STATUS = re.compile(r"\w{1,64}", re.ASCII)
MAX_BODY = 64 * 1024


class RecouvrementSms(http.Controller):
    """What the outside may call: delivery reports."""

    @http.route(
        "/recouvrement_auto_sms/report/<string:uuid>/<string:signature>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def report(self, uuid, signature):
        """Delivery reports on one message, in the format of Odoo's service.

        The address is signed for this message alone and says nothing else. The same report
        twice, or an old one after a new one, changes nothing.
        """
        Delivery = request.env["recouvrement.delivery"]
        known = signature.isascii() and UUID.fullmatch(uuid)
        if not known or not consteq(signature, Delivery._sms_signature(uuid)):
            return self._unknown(uuid, "wrong signature")
        delivery = Delivery._of_report(uuid)
        if not delivery:
            return self._unknown(uuid, "no such message")
        # sudo: rows of Odoo that the provider's own route writes the same way
        Sms, trackers = request.env["sms.sms"].sudo(), request.env["sms.tracker"].sudo()
        tracker = trackers.search([("sms_uuid", "=", uuid)])
        for status in self._statuses(uuid):
            state = Sms.IAP_TO_SMS_STATE_SUCCESS.get(status)
            if state:
                tracker._action_update_from_sms_state(state)
            else:
                tracker._action_update_from_provider_error(status)
        return request.make_json_response({"jsonrpc": "2.0", "result": "OK"})

    def _statuses(self, uuid):
        """States that the body gives for ``uuid``; nothing when it is not understood."""
        if (request.httprequest.content_length or 0) > MAX_BODY:
            return []
        try:
            data = request.get_json_data()
        except ValueError:
            return []
        data = data.get("params", data) if isinstance(data, dict) else {}
        rows = data.get("message_statuses") if isinstance(data, dict) else ()
        return [
            row["sms_status"]
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, dict)
            and isinstance(row.get("uuids"), list)
            and uuid in row["uuids"]
            and STATUS.fullmatch(str(row.get("sms_status")))
        ]

    def _unknown(self, uuid, why):
        _logger.warning("Delivery report refused: %s (%r)", why, uuid[:40])
        raise request.not_found()
