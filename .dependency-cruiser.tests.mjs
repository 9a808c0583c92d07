/** What tests may import, and that nothing else imports them. Everything else is in .dependency-cruiser.mjs. */
import { options, packageRules, test } from "./.dependency-cruiser.mjs";

export default {
  forbidden: [
    ...packageRules,
    {
      name: "import of a test",
      comment: "Only tests import tests.",
      severity: "error",
      from: { pathNot: [test, "^test/"] },
      to: { path: test },
    },
  ],
  options,
};
