from odoo import api, models
from odoo.tools import SQL

# The largest customers that make this share of the turnover together, or those that make
# that share each, at most so many (scoring.md section 5).
KEY_ACCOUNT_COVER = 50
KEY_ACCOUNT_SHARE = 2
KEY_ACCOUNT_MOST = 20


class RecouvrementSegment(models.Model):
    """Key accounts: a second axis beside the segments, the nature of the customer."""

    _inherit = "recouvrement.segment"

    @api.model
    def _key_account_candidates(self, company, date):
        """Customers that look like key accounts: a proposal, a person decides.

        The largest ones that make half of the turnover of the last 12 months, and those
        that make 2 % each; at most 20.

        :return: ids of commercial partners, largest turnover first
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner_id
                  FROM (SELECT partner_id, amount, SUM(amount) OVER () AS total,
                               SUM(amount) OVER (ORDER BY amount DESC, partner_id)
                                   - amount AS larger
                          FROM (SELECT commercial_partner_id AS partner_id,
                                       SUM(amount_untaxed_signed) AS amount
                                  FROM account_move
                                 WHERE company_id = %(company)s AND state = 'posted'
                                   AND move_type IN
                                       ('out_invoice', 'out_refund', 'out_receipt')
                                   AND date > %(date)s::date - INTERVAL '12 months'
                                   AND date <= %(date)s
                                   AND commercial_partner_id IS NOT NULL
                              GROUP BY commercial_partner_id) turnover
                         WHERE amount > 0) ranked
                 WHERE larger * 100 < total * %(cover)s OR amount * 100 >= total * %(share)s
              ORDER BY amount DESC, partner_id LIMIT %(most)s
                """,
                company=company.id,
                date=date,
                cover=KEY_ACCOUNT_COVER,
                share=KEY_ACCOUNT_SHARE,
                most=KEY_ACCOUNT_MOST,
            )
        )
        return [row[0] for row in rows]
