// exchange -- one captured exchange, held against the specification of its operation.
import { operation_of_path } from './specification.mjs';

function values_of(headers, name) {
    return headers.filter(([own]) => own.toLowerCase() === name.toLowerCase())
        .map(([, value]) => value);
}

function judge_parameter(parameter, values) {
    const where = `${parameter.where} ${parameter.name}`;

    if (values.length === 0)
        return parameter.required ? [`${where} is missing`] : [];
    if (values.length > 1)
        return [`${where} is there more than once`];
    const value = parameter.number && /^\d+$/.test(values[0]) ? Number(values[0]) : values[0];
    return parameter.judge(value).map((why) => `${where}: ${why}`);
}

function parse(text) {
    try {
        return { value: JSON.parse(text) };
    } catch {
        return {};
    }
}

function judge_body(what, judge, required, message) {
    const media = values_of(message.headers, 'content-type');

    if (!message.body)
        return required ? [`${what}: body is missing`] : [];
    if (!judge)
        return [`${what}: a body where none is declared`];
    const parsed = parse(message.body);
    return [
        ...(media.length === 1 && /^application\/json(; *charset=utf-8)?$/i.test(media[0]) ? []
            : [`${what}: Content-Type is not application/json`]),
        ...('value' in parsed ? judge(parsed.value).map((why) => `${what} body: ${why}`)
            : [`${what}: body is not JSON`]),
    ];
}

function judge_answer(operation, response) {
    const answer = operation.answers.get(response.status);
    const versions = values_of(response.headers, 'API-Version');

    if (!answer)
        return [`status ${response.status} is not declared`];
    return [
        ...judge_parameter({ where: 'answer header', name: 'API-Version', ...answer.version },
            versions),
        ...(versions.length !== 1 || versions[0] === operation.version ? []
            : ['answer header API-Version: is not the version of the API']),
        ...judge_body(`answer ${response.status}`, answer.judge, answer.judge !== null, response),
    ];
}

// Which operation it was (null: none), and everything that is wrong with it.
export function judge_exchange(operations, { method, path, request, response }) {
    const found = operation_of_path(operations, method, path);

    if (!found)
        return { name: `${method} ${path.replace(/\d/g, '9')}`, faults: ['there is no such operation'] };
    const { operation, values } = found;
    const of = (one) => one.where === 'path' ? [values[one.name]].filter(Boolean)
        : values_of(request.headers, one.name);
    return {
        name: `${operation.method} ${operation.template}`,
        faults: [
            ...operation.parameters.flatMap((one) => judge_parameter(one, of(one))),
            ...judge_body('request', operation.body, operation.required, request),
            ...judge_answer(operation, response),
        ],
    };
}
