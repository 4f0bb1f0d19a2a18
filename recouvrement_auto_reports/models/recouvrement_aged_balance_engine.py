from itertools import count

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.tools.aging import Buckets

FULL_VIEW_GROUPS = (
    "recouvrement_auto.recouvrement_auto_group_agent",
    "recouvrement_auto.recouvrement_auto_group_auditor",
)
FETCH_SIZE = 8000
_cursor_numbers = count()


class RecouvrementAgedBalanceEngine(models.AbstractModel):
    """Rows of the aged balance at a date, for the screen and the workbook alike.

    Builds on ``recouvrement.open.item._query``: amounts are what was open at the end of the
    day, in company currency, so that their sum is the balance of the trade receivable
    accounts. A credit (unallocated payment, credit note) is an item with a negative amount,
    in the column of its own date.
    """

    _name = "recouvrement.aged.balance.engine"
    _description = "Aged balance: rows at a date"

    @api.model
    def _check_request(self, request):
        """``AccessError`` unless the user has a role of ours and may see the companies."""
        self.env["recouvrement.customer"].sudo(False).check_access("read")
        allowed = set(self.env.user._get_company_ids())
        if not self.env.su and not set(request.company_ids) <= allowed:
            raise AccessError(self.env._("You may not see one of these companies."))

    @api.model
    def _sees_every_customer(self):
        return any(self.env.user.has_group(group) for group in FULL_VIEW_GROUPS)

    @api.model
    def _visible_sql(self, request):
        """Condition on ``customer``: the files that the record rules show to the user.

        Whoever sees every file also sees the items that have no file or no customer yet. A
        salesperson sees those without file when the customer names him: the first night
        makes the file, and the rule says the same from then on.
        """
        if self._sees_every_customer():
            return SQL("TRUE")
        files = (
            self.env["recouvrement.customer"]
            .sudo(False)
            .with_context(allowed_company_ids=list(request.company_ids))
            ._search([("company_id", "in", list(request.company_ids))])
        )
        return SQL(
            "(customer.id IN %s OR customer.id IS NULL AND debtor.user_id = %s)",
            files.subselect(),
            self.env.uid,
        )

    @api.model
    def _files_sql(self, alias):
        """Joins from a journal item to its customer and his collection file."""
        return SQL(
            """LEFT JOIN res_partner partner ON partner.id = %(alias)s.partner_id
               LEFT JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
               LEFT JOIN recouvrement_customer customer
                      ON customer.partner_id = debtor.id
                     AND customer.company_id = %(alias)s.company_id""",
            alias=SQL.identifier(alias),
        )

    @api.model
    def _bucket_sql(self, request):
        """Index of the column, as ``Buckets.index`` of the core computes it."""
        days = SQL("(%s - item.due_date)", request.date)
        cases = [
            SQL("WHEN %s <= %s THEN %s", days, limit, index)
            for index, limit in enumerate(request.limits)
        ]
        return SQL(
            "CASE %s ELSE %s END",
            SQL(" ").join(cases),
            len(Buckets(request.limits)) - 1,
        )

    @api.model
    def _items_query(self, request):
        """SQL: the open items at the date with the column and the axes of each."""
        return SQL(
            """
            SELECT item.*, company.currency_id AS company_currency_id,
                   debtor.id AS debtor_id,
                   %(group)s AS group_id,
                   COALESCE(debtor.name, partner.name) AS debtor_name,
                   debtor.ref AS debtor_ref,
                   %(date)s - item.due_date AS days_late, %(bucket)s AS bucket,
                   COALESCE(debtor.user_id, item.invoice_user_id) AS salesperson_id,
                   CASE WHEN customer.segment_override_until >= %(date)s
                        THEN customer.segment_override_id
                        ELSE customer.segment_id END AS segment_id,
                   COALESCE(customer.nature, 'standard') AS nature,
                   %(kind)s AS kind
              FROM (%(items)s) item
              JOIN res_company company ON company.id = item.company_id
              JOIN account_journal journal ON journal.id = item.journal_id
              %(files)s
             WHERE %(visible)s
            """,
            date=request.date,
            bucket=self._bucket_sql(request),
            items=self._open_items_sql(request),
            group=self._group_sql(),
            kind=self._kind_sql(),
            files=self._files_sql("item"),
            visible=self._visible_sql(request),
        )

    @api.model
    def _open_items_sql(self, request):
        """The open items of every company: by the quick query of what is open now where
        no entry is dated after the day, for both then give the same rows."""
        is_settled = self.env["recouvrement.kpi.engine"]._is_settled_at
        return SQL(" UNION ALL ").join(
            self.env["recouvrement.open.item"]._query(
                company,
                request.date,
                live=is_settled(company, request.date),
                partner_ids=request.partner_ids,
            )
            for company in self.env["res.company"].sudo().browse(request.company_ids)
        )

    @api.model
    def _group_sql(self):
        """The topmost parent of the customer; climbs only where there is a parent."""
        return SQL(
            """CASE WHEN debtor.parent_id IS NULL THEN debtor.id ELSE (
                 WITH RECURSIVE up AS (
                      SELECT id, parent_id FROM res_partner WHERE id = debtor.parent_id
                   UNION ALL
                      SELECT above.id, above.parent_id
                        FROM res_partner above JOIN up ON above.id = up.parent_id)
                 SELECT id FROM up WHERE parent_id IS NULL LIMIT 1) END"""
        )

    @api.model
    def _kind_sql(self):
        return SQL(
            """CASE WHEN item.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                    WHEN item.move_type = 'out_refund' THEN 'credit_note'
                    WHEN journal.type IN ('bank', 'cash', 'credit') THEN 'payment'
                    ELSE 'entry' END"""
        )

    @api.model
    def _by_name_sql(self, name):
        """Order of names as a French reader expects it, whatever the collation: "Éco"
        stands with E."""
        accents, plain = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ", "aaaaaaceeeeiiiinooooouuuuyy"
        return SQL("translate(LOWER(%s), %s, %s)", name, accents, plain)

    @api.model
    def _summary_rows(self, request):
        """One dict per company, account, customer, salesperson, segment and nature.

        ``group_id`` is the head of the customer's group: the topmost of his parents.
        """
        self.env.flush_all()
        amounts = SQL(", ").join(
            SQL(
                "COALESCE(SUM(amount) FILTER (WHERE bucket = %s), 0) AS %s",
                index,
                SQL.identifier(f"amount_{index}"),
            )
            for index in range(len(Buckets(request.limits)))
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT company_id, company_currency_id, account_id, debtor_id,
                          group_id, MIN(debtor_name) AS debtor_name,
                          MIN(debtor_ref) AS debtor_ref,
                          salesperson_id, segment_id, nature, COUNT(*) AS items,
                          MAX(days_late) FILTER (WHERE amount > 0) AS days_late,
                          SUM(amount) AS amount, %s
                     FROM (%s) aged
                 GROUP BY company_id, company_currency_id, account_id, debtor_id,
                          group_id, salesperson_id, segment_id, nature
                 ORDER BY %s, debtor_id""",
                amounts,
                self._items_query(request),
                self._by_name_sql(SQL("MIN(debtor_name)")),
            )
        )

    @api.model
    def _ledger_rows(self, request):
        """``(company_id, account_id, balance)`` of the general ledger at the date.

        Plain sum of the posted lines of the accounts: knows nothing of reconciliation, so
        it proves the aged balance. Restricted as the figures are (customers, salesperson).
        """
        self.env.flush_all()
        Item = self.env["recouvrement.open.item"]
        restricted = request.partner_ids is not None or not self._sees_every_customer()
        parts = [
            SQL(
                "(line.company_id = %s AND line.account_id IN %s)",
                company.id,
                Item._account_ids(company),
            )
            for company in self.env["res.company"].sudo().browse(request.company_ids)
        ]
        return self.env.execute_query(
            SQL(
                """SELECT line.company_id, line.account_id, SUM(line.balance)
                     FROM account_move_line line %(files)s
                    WHERE line.parent_state = 'posted' AND line.date <= %(date)s
                      AND (%(accounts)s) %(partners)s AND %(visible)s
                 GROUP BY line.company_id, line.account_id""",
                files=self._files_sql("line") if restricted else SQL(""),
                date=request.date,
                accounts=SQL(" OR ").join(parts),
                partners=SQL("AND line.partner_id IN %s", request.partner_ids or (0,))
                if request.partner_ids is not None
                else SQL(""),
                visible=self._visible_sql(request),
            )
        )

    @api.model
    def _stream(self, query):
        """Rows of ``query`` through a server-side cursor: memory stays flat."""
        self.env.flush_all()
        cr = self.env.cr
        name = SQL.identifier(f"recouvrement_aged_{next(_cursor_numbers)}")
        # the whole result is read: the plan for the first rows would be the slow one
        cr.execute("SET LOCAL cursor_tuple_fraction = 1")
        cr.execute(SQL("DECLARE %s NO SCROLL CURSOR FOR %s", name, query))
        while True:
            cr.execute(SQL("FETCH %s FROM %s", FETCH_SIZE, name))
            rows = cr.fetchall()
            yield from rows
            if len(rows) < FETCH_SIZE:
                break
        cr.execute(SQL("CLOSE %s", name))
