// specification -- DUO's OpenAPI files as functions that judge: paths, parameters, bodies.
//
// Everything is what the files say, but for two things. Members that a file does not name are
// refused, because neither side of this house may make them up; and patterns are read as
// Unicode where they can be (`\p{L}`), else as written (`\,`).
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const METHODS = ['get', 'put', 'post', 'delete'];

function regexp(pattern) {
    try {
        return new RegExp(pattern, 'u');
    } catch {
        return new RegExp(pattern);
    }
}
regexp.code = 'new RegExp';

// No member that is not named, and no format that is only a size.
function strict(node) {
    if (Array.isArray(node))
        return node.map(strict);
    if (node === null || typeof node !== 'object')
        return node;
    const copy = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, strict(v)]));
    if (copy.properties && copy.additionalProperties === undefined)
        copy.additionalProperties = false;
    return copy;
}

function resolve(root, node) {
    return node?.$ref ? node.$ref.slice(2).split('/').reduce((at, name) => at[name], root) : node;
}

function judge_of(ajv, file, schema) {
    const local = JSON.stringify(schema).replaceAll('"#/', `"${file}#/`);
    const valid = ajv.compile(strict(JSON.parse(local)));

    return (value) => valid(value) ? []
        : valid.errors.map((e) => `${e.instancePath || 'it'} ${e.message}`);
}

function parameters_of(ajv, file, root, list) {
    return list.map((one) => resolve(root, one)).map((one) => ({
        name: one.name, where: one.in, required: one.required === true,
        number: resolve(root, one.schema).type === 'integer',
        judge: judge_of(ajv, file, one.schema),
    }));
}

function body_of(ajv, file, content) {
    return content ? judge_of(ajv, file, content['application/json'].schema) : null;
}

function answers_of(ajv, file, root, responses) {
    return new Map(Object.entries(responses).map(([status, one]) => {
        const answer = resolve(root, one), version = answer.headers['API-Version'];

        return [Number(status), {
            version: { required: version.required === true, judge: judge_of(ajv, file, version.schema) },
            judge: body_of(ajv, file, answer.content),
        }];
    }));
}

function operation_of(ajv, file, root, [path, method, node]) {
    return {
        api: file.replace('.yml', ''), version: root.info.version, method: method.toUpperCase(),
        template: path, segments: `/v${root.info.version.split('.')[0]}${path}`.split('/'),
        parameters: parameters_of(ajv, file, root,
            [...(root.paths[path].parameters ?? []), ...(node.parameters ?? [])]),
        required: node.requestBody?.required === true,
        body: body_of(ajv, file, node.requestBody?.content),
        answers: answers_of(ajv, file, root, node.responses),
    };
}

// Every operation of the .yml files in a folder; `modules` is where npm put ajv and js-yaml.
export function operations_in(folder, modules) {
    const need = createRequire(join(modules, 'node_modules', 'none.js'));
    const yaml = need('js-yaml'), Ajv = need('ajv').default, formats = need('ajv-formats').default;
    const ajv = new Ajv({ strict: false, allErrors: true, code: { regExp: regexp } });
    const operations = [];

    formats(ajv);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yml')).sort()) {
        const root = yaml.load(readFileSync(join(folder, file), 'utf8'));
        ajv.addSchema({ ...strict(root), $id: file }, file);
        for (const [path, node] of Object.entries(root.paths))
            for (const method of METHODS.filter((name) => node[name]))
                operations.push(operation_of(ajv, file, root, [path, method, node[method]]));
    }
    return operations;
}

function is_segment(pattern, text) {
    return pattern.startsWith('{') ? text !== '' : pattern === text;
}

// What this method and path ask for, and the values in the path; null when there is none.
export function operation_of_path(operations, method, path) {
    const parts = path.split('/');
    const found = operations.find((one) => one.method === method
        && one.segments.length === parts.length
        && one.segments.every((segment, i) => is_segment(segment, parts[i])));

    if (!found)
        return null;
    const values = found.segments.flatMap((segment, i) =>
        segment.startsWith('{') ? [[segment.slice(1, -1), parts[i]]] : []);
    return { operation: found, values: Object.fromEntries(values) };
}
