// For the tests: what is run after this believes that it is LATER_BY milliseconds later.
const now = Date.now;
const by = Number(process.env.LATER_BY);
Date.now = () => now() + by;
