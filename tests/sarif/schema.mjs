// schema.mjs SCHEMA FILE...: each file is valid against the JSON schema (2020-12), and
// its flows say what a viewer needs: every finding has one code flow, every thread flow
// a name of its own, and the global order no gap that is shared by two tasks.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Packages lie where validate.sh installed them, not beside this file.
const require = createRequire(process.cwd() + "/");
const Ajv = require("ajv/dist/2020").default;
const ajv = new Ajv({ strict: false, allErrors: true });
require("ajv-formats").default(ajv);

const [schema, ...files] = process.argv.slice(2);
const validate = ajv.compile(JSON.parse(readFileSync(schema)));
let bad = 0;

function complain(file, what) {
    console.error(`${file}: ${what}`);
    bad++;
}

function checkFlow(file, result) {
    const flows = result.codeFlows;
    if (!flows || flows.length !== 1)
        return complain(file, `${result.ruleId}: not one code flow`);
    const ids = flows[0].threadFlows.map((t) => t.id);
    if (new Set(ids).size !== ids.length)
        complain(file, `${result.ruleId}: two thread flows of one task`);
    const order = flows[0].threadFlows.flatMap((t) =>
        t.locations.map((l) => l.executionOrder));
    if (new Set(order).size !== order.length)
        complain(file, `${result.ruleId}: two steps at one place of the order`);
    for (const t of flows[0].threadFlows)
        if (t.locations.some((l, i) => i && l.executionOrder <= t.locations[i - 1].executionOrder))
            complain(file, `${result.ruleId}: thread flow ${t.id} runs backwards`);
}

for (const file of files) {
    const log = JSON.parse(readFileSync(file));
    if (!validate(log))
        for (const e of validate.errors)
            complain(file, `${e.instancePath} ${e.message}`);
    const results = log.runs[0].results;
    results.forEach((r) => checkFlow(file, r));
    if (!results.length)
        complain(file, "no result");
}
process.exit(bad ? 1 : 0);
