// conform -- holds captured exchanges against DUO's own specifications.
//
// usage: node conform.mjs MODULES SPECIFICATIONS FOLDER [--every]
//   MODULES         folder whose node_modules has ajv, ajv-formats and js-yaml
//   SPECIFICATIONS  folder with DUO's OpenAPI files
//   FOLDER          captured exchanges, a JSON file each:
//                   { "method", "path", "request": { "headers": [[name, value]...], "body": text },
//                     "response": { "status", "headers", "body" } }
//   --every         operations that nobody used are failures too
//
// Of each: path and method exist, parameters and headers fit, bodies have the media type and the
// schema, the status is declared, API-Version is there and is the version of the file. Says what
// is wrong by operation and member, never a value. exit: 0 nothing is, 1 something is.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judge_exchange } from './exchange.mjs';
import { operations_in } from './specification.mjs';

function main(modules, specifications, folder, every) {
    const operations = operations_in(specifications, modules);
    const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
    const seen = new Set();
    let failures = 0;

    const complain = (text) => { console.log(text); failures++; };
    for (const file of files) {
        const { name, faults } = judge_exchange(operations,
            JSON.parse(readFileSync(join(folder, file), 'utf8')));
        seen.add(name);
        faults.forEach((fault) => complain(`${file}: ${name}: ${fault}`));
    }
    const used = operations.filter((one) => seen.has(`${one.method} ${one.template}`));
    if (every)
        operations.filter((one) => !used.includes(one))
            .forEach((one) => complain(`nobody used ${one.method} ${one.template}`));
    console.log(`${files.length} exchanges validated, ${used.length} operations of `
        + `${operations.length}, ${failures} failures`);
    return failures;
}

const [, , modules, specifications, folder, ...options] = process.argv;
process.exitCode = main(modules, specifications, folder, options.includes('--every')) > 0 ? 1 : 0;
