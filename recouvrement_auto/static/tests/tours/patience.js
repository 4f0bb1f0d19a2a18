// Odoo gives up a step after 10 seconds; a machine that is slow is no defect of a screen.
const LONGEST = 60000; // milliseconds, the most that Odoo allows

/**
 * @param {Object[]} steps of a tour
 * @returns {Object[]} the same, waited for as long as Odoo allows
 */
export const patient = (steps) => steps.map((step) => ({ timeout: LONGEST, ...step }));
