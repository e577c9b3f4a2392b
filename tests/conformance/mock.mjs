// mock -- Prism, by others, plays DUO from DUO's own specifications.
//
// usage: node mock.mjs MODULES SPECIFICATIONS
//
// Listens (plain HTTP) on a free port of 127.0.0.1 and says it: "port N". Answers what the
// specifications say, made up anew for each request; a request that does not fit them gets
// 422. Ends when standard input does.
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , modules, folder] = process.argv;
const need = createRequire(join(modules, 'node_modules', 'none.js'));
const { getHttpOperationsFromSpec } = need('@stoplight/prism-http');
const { createServer } = need('@stoplight/prism-http-server');
const { createLogger } = need('@stoplight/prism-core');

// All paths differ, so that one server can play every API.
async function operations() {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml')).sort();
    const lists = await Promise.all(files.map((name) => getHttpOperationsFromSpec(join(folder, name))));

    return lists.flat();
}

const logger = createLogger('mock', { level: 'silent' });
const prism = createServer(await operations(), {
    components: { logger }, cors: false,
    config: {
        isProxy: false, validateRequest: true, validateResponse: true, checkSecurity: true,
        errors: true, mock: { dynamic: true, ignoreExamples: true },
    },
});
const inner = await prism.listen(0, '127.0.0.1');

// The major version stands in the address, which the specifications leave out.
const outer = http.createServer((request, response) => {
    const path = request.url.replace(/^\/v1\//, '/');

    request.pipe(http.request(inner + path, { method: request.method, headers: request.rawHeaders }, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
    }));
});

outer.listen(0, '127.0.0.1', () => console.log(`port ${outer.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
