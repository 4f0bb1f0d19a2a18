-- What happened: customers, invoices, instalments, payments, credit notes. Amounts in the
-- currency of the document, and c_* in the company's.
CREATE TEMP TABLE led_customer AS
SELECT k, nextval('res_partner_id_seq')::int AS pid, nextval('res_partner_id_seq')::int AS contact,
       (ARRAY['Maçonnerie', 'Charpentes', 'Plâtrerie', 'Toitures', 'Carrelage', 'Menuiserie',
              'Façades', 'Peinture', 'Sanitaire', 'Isolation', 'Bâti', 'Terrassement'])
           [1 + (k * 7) %% 12] || ' '
       || (ARRAY['Duval', 'Morel', 'Garnier', 'Perrin', 'Fontaine', 'Lefèvre', 'Chevalier',
                 'Caron', 'Royer', 'Masson', 'Picard', 'Noël', 'Blanc'])
           [1 + (k * 5) %% 13] || ' ' || k AS name,
       (ARRAY[2.0, 2, 2, 2, 2, 9, 9, 25, 25, 60])[1 + floor(10 * random())::int] AS habit,
       (ARRAY[30, 30, 30, 45, 45, 60])[1 + floor(6 * random())::int] AS days,
       random() < 0.04 AS is_foreign
  FROM generate_series(1, %(customers)s) k;

CREATE TEMP TABLE led_invoice AS
SELECT row_number() OVER (ORDER BY day, cust) AS k, nextval('account_move_id_seq')::int AS mid, drawn.*,
       round(untaxed * 0.2, 2) AS tax
  FROM (SELECT customer.k AS cust, customer.pid, customer.habit, customer.days,
               %(today)s::date - floor(730 * random())::int AS day,
               CASE WHEN customer.is_foreign THEN 'usd' WHEN random() < 0.08 THEN 'two'
                    ELSE 'one' END AS kind,
               CASE WHEN customer.is_foreign THEN 1.1 ELSE 1.0 END AS rate,
               greatest(15, round(exp(6.2 + 1.1 * sqrt(-2 * ln(1 - random()))
                                      * cos(2 * pi() * random()))::numeric, 2)) AS untaxed
          FROM (SELECT 1 + floor(%(customers)s * power(random(), 1.3))::int AS cust
                  FROM generate_series(1, %(invoices)s) i) chosen
          JOIN led_customer customer ON customer.k = chosen.cust) drawn;
CREATE UNIQUE INDEX ON led_invoice (k);

CREATE TEMP TABLE led_instalment AS
SELECT *, nextval('account_move_line_id_seq')::int AS lid,
       due - 3 + (habit * -ln(1 - random()))::int AS pay_on, random() AS chance
  FROM (SELECT k, mid, pid, kind, rate, habit, day, 1 AS part, day + days AS due,
               CASE kind WHEN 'two' THEN round((untaxed + tax) / 2, 2)
                         ELSE untaxed + tax END AS amount,
               CASE kind WHEN 'two' THEN round((untaxed + tax) / 2, 2)
                         ELSE round(untaxed / rate, 2) + round(tax / rate, 2) END AS c_amount
          FROM led_invoice
     UNION ALL
        SELECT k, mid, pid, kind, rate, habit, day, 2, day + days + 30,
               untaxed + tax - round((untaxed + tax) / 2, 2),
               untaxed + tax - round((untaxed + tax) / 2, 2)
          FROM led_invoice WHERE kind = 'two') part;

-- Overdue: those whose payment would come last. Not due: some at random.
ALTER TABLE led_instalment ADD COLUMN open boolean DEFAULT FALSE,
      ADD COLUMN paid numeric DEFAULT 0, ADD COLUMN c_paid numeric DEFAULT 0,
      ADD COLUMN credited numeric DEFAULT 0, ADD COLUMN full_id int;
UPDATE led_instalment part SET open = TRUE
  FROM (SELECT lid, due < %(today)s AS late,
               row_number() OVER (PARTITION BY due < %(today)s
                                  ORDER BY CASE WHEN due < %(today)s THEN pay_on - %(today)s::date
                                                ELSE chance * 100 END DESC, lid) AS rank,
               count(*) OVER () AS total
          FROM led_instalment) ranked
 WHERE ranked.lid = part.lid
   AND ranked.rank <= ranked.total * CASE WHEN ranked.late THEN 0.072 ELSE 0.048 END;
UPDATE led_instalment
   SET pay_on = CASE WHEN open THEN least(due + 5, %(today)s::date - 1)
                     ELSE greatest(day, least(pay_on, %(today)s::date - 1)) END;

-- Credit notes: one in thirty invoices, taken off what is paid; a few stay open.
CREATE TEMP TABLE led_credit AS
SELECT nextval('account_move_id_seq')::int AS mid, nextval('account_move_line_id_seq')::int AS lid,
       part.lid AS paid_lid, part.pid, part.day + 5 AS day,
       round(part.amount * 0.2 / 1.2, 2) AS untaxed,
       round(round(part.amount * 0.2 / 1.2, 2) * 0.2, 2) AS tax
  FROM led_instalment part
 WHERE kind = 'one' AND NOT open AND amount > 50 AND chance < 0.033
   AND pay_on >= day + 5;
INSERT INTO led_credit
SELECT nextval('account_move_id_seq'), nextval('account_move_line_id_seq'), NULL, pid,
       %(today)s::date - 1 - floor(60 * random())::int, round(10 + 200 * random()::numeric, 2), 0
  FROM led_invoice WHERE k %% 250 = 7;
UPDATE led_credit SET tax = round(untaxed * 0.2, 2) WHERE paid_lid IS NULL;
UPDATE led_instalment part SET credited = credit.untaxed + credit.tax
  FROM led_credit credit WHERE credit.paid_lid = part.lid;

-- What came in: the rest of what is closed, a part of some open items, some unallocated.
UPDATE led_instalment SET paid = amount - credited, c_paid = c_amount - credited WHERE NOT open;
UPDATE led_instalment SET paid = round(amount * 0.4, 2), c_paid = round(amount * 0.4, 2)
 WHERE open AND kind != 'usd' AND due < %(today)s::date - 6 AND chance < 0.12;
UPDATE led_instalment part SET full_id = nextval('account_full_reconcile_id_seq') WHERE NOT open;

CREATE TEMP TABLE led_payment AS
SELECT nextval('account_move_id_seq')::int AS mid, nextval('account_move_line_id_seq')::int AS lid,
       nextval('account_bank_statement_line_id_seq')::int AS sid, pid, lid AS paid_lid,
       pay_on AS day, kind = 'usd' AS is_foreign, paid AS amount, c_paid AS c_amount, full_id
  FROM led_instalment WHERE paid > 0;
INSERT INTO led_payment
SELECT nextval('account_move_id_seq'), nextval('account_move_line_id_seq'),
       nextval('account_bank_statement_line_id_seq'), pid, NULL,
       %(today)s::date - 1 - floor(30 * random())::int, FALSE, amount, amount, NULL
  FROM (SELECT pid, round(20 + 500 * random()::numeric, 2) AS amount
          FROM led_invoice WHERE k %% 500 = 3 AND kind != 'usd') free;
ANALYZE led_customer, led_invoice, led_instalment, led_credit, led_payment;
