-- One row per entry and per journal item to write, each cloned from a real posted one.
CREATE TEMP TABLE led_doc AS
SELECT mid, kind || days AS key, pid, day, CASE kind WHEN 'two' THEN day + days + 30 ELSE day + days END AS due,
       1 AS sign, untaxed, tax, round(untaxed / rate, 2) AS c_untaxed, round(tax / rate, 2) AS c_tax,
       rest.residual, rest.c_residual,
       CASE WHEN rest.residual = 0 THEN 'paid' WHEN rest.touched THEN 'partial'
            ELSE 'not_paid' END AS payment_state, NULL::int AS sid
  FROM led_invoice JOIN (
       SELECT mid AS rest_mid, sum(CASE WHEN open THEN amount - paid ELSE 0 END) AS residual,
              sum(CASE WHEN open THEN c_amount - c_paid ELSE 0 END) AS c_residual,
              bool_or(paid > 0) AS touched
         FROM led_instalment GROUP BY mid) rest ON rest_mid = mid
UNION ALL
SELECT mid, 'credit', pid, day, day, -1, untaxed, tax, untaxed, tax,
       CASE WHEN paid_lid IS NULL THEN untaxed + tax ELSE 0 END,
       CASE WHEN paid_lid IS NULL THEN untaxed + tax ELSE 0 END,
       CASE WHEN paid_lid IS NULL THEN 'not_paid' ELSE 'paid' END, NULL
  FROM led_credit
UNION ALL
SELECT mid, CASE WHEN is_foreign THEN 'bank_usd' ELSE 'bank' END, pid, day, day, 0,
       amount, 0, c_amount, 0, 0, 0, 'not_paid', sid
  FROM led_payment;
ALTER TABLE led_doc ADD COLUMN name text, ADD COLUMN prefix text, ADD COLUMN number int;
UPDATE led_doc doc SET prefix = numbered.prefix, number = numbered.number,
       name = numbered.prefix || lpad(numbered.number::text, greatest(5, length(numbered.number::text)), '0')
  FROM (SELECT led_doc.mid, proto.prefix || extract(year FROM day) || '/' AS prefix,
               row_number() OVER (PARTITION BY proto.prefix, extract(year FROM day)
                                  ORDER BY day, led_doc.mid) AS number
          FROM led_doc JOIN led_proto proto ON proto.key = led_doc.key) numbered
 WHERE numbered.mid = doc.mid;
CREATE UNIQUE INDEX ON led_doc (mid);

CREATE TEMP TABLE led_line AS
SELECT nextval('account_move_line_id_seq')::int AS lid, mid, 'product' AS role,
       -sign * c_untaxed AS balance, -sign * untaxed AS amount_currency,
       0.0 AS residual, 0.0 AS residual_currency, NULL::date AS due, FALSE AS reconciled,
       NULL::int AS full_id, 1 AS part
  FROM led_doc WHERE sign != 0
UNION ALL
SELECT nextval('account_move_line_id_seq'), mid, 'tax', -sign * c_tax, -sign * tax,
       0, 0, NULL, FALSE, NULL, 1
  FROM led_doc WHERE sign != 0
UNION ALL
SELECT lid, mid, 'term', c_amount, amount,
       CASE WHEN open THEN c_amount - c_paid ELSE 0 END,
       CASE WHEN open THEN amount - paid ELSE 0 END, due, NOT open, full_id, part
  FROM led_instalment
UNION ALL
SELECT credit.lid, credit.mid, 'term', -untaxed - tax, -untaxed - tax,
       CASE WHEN paid_lid IS NULL THEN -untaxed - tax ELSE 0 END,
       CASE WHEN paid_lid IS NULL THEN -untaxed - tax ELSE 0 END, credit.day,
       paid_lid IS NOT NULL, part.full_id, 1
  FROM led_credit credit LEFT JOIN led_instalment part ON part.lid = credit.paid_lid
UNION ALL
SELECT nextval('account_move_line_id_seq'), mid, 'bank', c_amount, c_amount, c_amount, c_amount, NULL, FALSE, NULL, 1
  FROM led_payment
UNION ALL
SELECT lid, mid, 'counterpart', -c_amount, -amount,
       CASE WHEN paid_lid IS NULL THEN -c_amount ELSE 0 END,
       CASE WHEN paid_lid IS NULL THEN -amount ELSE 0 END, day, paid_lid IS NOT NULL, full_id, 1
  FROM led_payment;

-- What settles what: payment or credit note against its instalment.
CREATE TEMP TABLE led_match AS
SELECT nextval('account_partial_reconcile_id_seq')::int AS id, *
  FROM (SELECT paid_lid AS debit, lid AS credit, c_amount AS amount, amount AS amount_currency,
               is_foreign, day, full_id FROM led_payment WHERE paid_lid IS NOT NULL
     UNION ALL
        SELECT part.lid, credit.lid, credit.untaxed + credit.tax, credit.untaxed + credit.tax, FALSE,
               greatest(credit.day, part.day), part.full_id
          FROM led_credit credit JOIN led_instalment part ON part.lid = credit.paid_lid) matched;
CREATE INDEX ON led_line (mid);
ANALYZE led_doc, led_line, led_match;
