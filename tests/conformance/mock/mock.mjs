// mock -- Prism, by others, plays DUO from DUO's own specifications.
//
// usage: node mock.mjs MODULES SPECIFICATIONS
//
// Listens (plain HTTP) on a free port of 127.0.0.1 and says it: "port N". Answers what the
// specifications say, made up by chance; a request that does not fit them gets
// 422. Ends when standard input does.
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , modules, folder] = process.argv;
const need = createRequire(join(modules, 'node_modules', 'none.js'));
const { getHttpOperationsFromSpec } = need('@stoplight/prism-http');
const { createServer } = need('@stoplight/prism-http-server');
const { parse } = need('@stoplight/yaml');
const { createLogger } = need('@stoplight/prism-core');

// What makes up the answers knows no Unicode classes, and would spell "p{L}".
function plain(text) {
    return text.replaceAll('\\\\p{L}', 'A-Za-z\u00c0-\u00ff').replaceAll('\\\\p{Pd}', '-');
}

// All paths differ, so that one server can play every API; each knows its version.
async function operations() {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml')).sort();
    const lists = await Promise.all(files.map(async (name) => {
        const root = parse(plain(readFileSync(join(folder, name), 'utf8')));

        return (await getHttpOperationsFromSpec(root))
            .map((one) => ({ ...one, duo_version: root.info.version }));
    }));

    return lists.flat();
}

// Prism makes up a version that fits the pattern; which one it speaks is no matter of chance.
function version_of(all, method, path) {
    const found = all.find((one) => one.method.toUpperCase() === method
        && new RegExp(`^${one.path.replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path));

    return found?.duo_version ?? '0.0.0';
}

const all = await operations();
const logger = createLogger('mock', { level: 'silent' });
const prism = createServer(all, {
    components: { logger }, cors: false,
    config: {
        isProxy: false, validateRequest: true, validateResponse: true, checkSecurity: true,
        errors: true, mock: { dynamic: true, ignoreExamples: true, seed: 'estafette' },
    },
});
const inner = await prism.listen(0, '127.0.0.1');

// The major version stands in the address, which the specifications leave out.
const outer = http.createServer((request, response) => {
    const path = request.url.replace(/^\/v1\//, '/'), { method, rawHeaders } = request;

    request.pipe(http.request(inner + path, { method, headers: rawHeaders }, (answer) => {
        const headers = { ...answer.headers, 'api-version': version_of(all, method, path) };

        response.writeHead(answer.statusCode, headers);
        answer.pipe(response);
    }));
});

outer.listen(0, '127.0.0.1', () => console.log(`port ${outer.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
