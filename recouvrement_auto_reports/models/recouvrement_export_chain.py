import io
import json

from odoo import api, models
from odoo.tools import SQL, file_open

from odoo.addons.recouvrement_auto.tools.hash_chain import export_lines

from ..tools.manifest import file_name
from ..tools.safe_csv import SafeCsv

CHAIN_PAGE = 5000
VERIFIER = "recouvrement_auto/tools/verify_log.py"


class RecouvrementExport(models.Model):
    """The sealed log inside the evidence, with what is needed to verify it."""

    _inherit = "recouvrement.export"

    def _add_chain(self, archive, customer):
        """The sealed log of the company, its verifier, and the personal values of this
        customer with the salts that prove them."""
        folder = f"5-{file_name(self.env._('Sealed log'))}"
        archive.add_stream(f"{folder}/log.csv", self._chain_chunks())
        with file_open(VERIFIER, "rb") as source:
            archive.add(f"{folder}/verify_log.py", source.read())
        head = self._chain_head()["chain_head"]
        anchor = {"seq": head["seq"], "hash": head["hash"]}
        if head["seq"]:
            line = json.dumps(anchor, separators=(",", ":")) + "\n"
            archive.add(f"{folder}/anchor.jsonl", line.encode())
        target = io.StringIO()
        table = SafeCsv(target, self._decimal_comma())
        table.row(["log_id", "name", "salt", "value"])
        for values in self._personal_rows(customer):
            table.row(values)
        name = file_name(self.env._("Personal values"))
        archive.add(f"{folder}/{name}.csv", target.getvalue().encode())

    def _chain_chunks(self):
        """The file of the verifier, as bytes, page by page."""
        # name of the chain: a technical mark
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        chain = f"{uuid}/{self.company_id.id}"
        for line in export_lines(chain, self._chain_rows()):
            yield line.encode()

    def _chain_rows(self):
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT seal.seq, seal.log_id, seal.company_id, log.payload,
                              seal.prev_hash, seal.hash
                         FROM recouvrement_log_seal seal
                         JOIN recouvrement_log log ON log.id = seal.log_id
                        WHERE seal.company_id = %s AND seal.seq > %s
                     ORDER BY seal.seq LIMIT %s""",
                    self.company_id.id,
                    last,
                    CHAIN_PAGE,
                )
            )
            yield from rows
            if len(rows) < CHAIN_PAGE:
                return
            last = rows[-1][0]

    @api.model
    def _personal_rows(self, customer):
        """``(log_id, name, salt, value)`` of the entries about the customer."""
        self.env["recouvrement.log.secret"].check_access("read")
        return self.env.execute_query(
            SQL(
                """SELECT secret.log_id, secret.name, secret.salt, secret.value
                     FROM recouvrement_log_secret secret
                     JOIN recouvrement_log log ON log.id = secret.log_id
                    WHERE log.company_id = %s AND log.customer_res_id = %s
                 ORDER BY secret.log_id, secret.name""",
                customer.company_id.id,
                customer.id,
            )
        )
