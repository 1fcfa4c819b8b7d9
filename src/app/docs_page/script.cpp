// SPDX-License-Identifier: Apache-2.0
#include "app/docs_page/docs_page.hpp"

namespace tenon::app {

const std::string_view kDocsScript = R"js(
'use strict';
// Everything that the description says is put in as text, never as markup.
const byId = (id) => document.getElementById(id);
const base = location.pathname.replace(/\/docs\/?$/, '');
let spec = {};

function make(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// ---- Schemas ----

function resolve(schema) {
  for (let i = 0; schema && schema.$ref && i < 32; ++i) {
    schema = schema.$ref.replace(/^#\//, '').split('/').reduce(
        (node, part) => node?.[decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~')],
        spec);
  }
  return schema ?? {};
}

function choices(schema) { return schema.oneOf ?? schema.anyOf ?? null; }

function typesOf(schema) {
  const types = [].concat(schema.type ?? []);
  if (types.length === 0 && schema.properties) types.push('object');
  return types;
}

function typeText(given, depth = 0) {
  const schema = resolve(given);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const options = choices(schema);
  if (options && depth < 3) return options.map((one) => typeText(one, depth + 1)).join(' | ');
  return typesOf(schema).map((type) => {
    if (type === 'array') {
      return 'array of ' + (schema.items && depth < 3 ? typeText(schema.items, depth + 1) : 'any');
    }
    if (type === 'object' && schema.additionalProperties instanceof Object && !schema.properties) {
      return 'map of ' + typeText(schema.additionalProperties, depth + 1);
    }
    const title = type === 'object' && given.$ref ? given.$ref.split('/').pop() : type;
    return schema.format && type !== 'null' ? title + ' (' + schema.format + ')' : title;
  }).join(' | ') || 'any';
}

function limits(schema) {
  const words = [];
  const say = (key, text) => {
    if (schema[key] !== undefined) words.push(text + ' ' + JSON.stringify(schema[key]));
  };
  say('minimum', 'at least');
  say('exclusiveMinimum', 'more than');
  say('maximum', 'at most');
  say('exclusiveMaximum', 'less than');
  say('minLength', 'length at least');
  say('maxLength', 'length at most');
  say('minItems', 'items at least');
  say('maxItems', 'items at most');
  say('pattern', 'matches');
  say('default', 'default');
  return words.join(', ');
}

// The object whose fields are worth showing below a value: itself, an item, or one of its choices.
function fieldsOf(given) {
  const schema = resolve(given);
  if (schema.properties) return schema;
  const inner = schema.items ?? (schema.additionalProperties instanceof Object
      ? schema.additionalProperties : null);
  if (inner) return fieldsOf(inner);
  for (const option of choices(schema) ?? []) {
    const found = fieldsOf(option);
    if (found) return found;
  }
  return null;
}

function schemaTree(given, above = []) {
  const object = fieldsOf(given);
  if (!object || above.includes(object)) {
    return above.length === 0 ? make('p', {class: 'about'}, typeText(given)) : null;
  }
  const required = new Set(object.required ?? []);
  return make('ul', {class: 'fields'}, Object.entries(object.properties).map(([name, field]) => {
    const schema = resolve(field);
    const about = [schema.description, limits(schema)].filter(Boolean).join('\n');
    const inner = schemaTree(field, [...above, object]);
    return make('li', null,
        make('span', {class: 'name'}, name), make('span', {class: 'type'}, typeText(field)),
        required.has(name) ? make('span', {class: 'must'}, 'required') : null,
        about ? make('p', {class: 'about'}, about) : null,
        inner ? make('details', {open: above.length === 0},
                     make('summary', {class: 'about'}, 'fields'), inner) : null);
  }));
}

// A value that fits a schema; undefined where the schema would repeat itself without end.
function sample(given, above = []) {
  const schema = resolve(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (above.includes(schema) || above.length > 8) return undefined;
  const deeper = [...above, schema];
  const options = choices(schema);
  if (options) return sample(options.find((one) => resolve(one).type !== 'null') ?? {}, deeper);
  switch (typesOf(schema).find((type) => type !== 'null')) {
    case 'object': {
      const entries = Object.entries(schema.properties ?? {});
      if (entries.length === 0 && schema.additionalProperties instanceof Object) {
        entries.push(['key', schema.additionalProperties]);
      }
      return Object.fromEntries(entries.map(([name, field]) => [name, sample(field, deeper)])
          .filter(([, value]) => value !== undefined));
    }
    case 'array':
      return Array.from({length: Math.min(Math.max(schema.minItems ?? 1, 1), 4)},
                        () => sample(schema.items ?? {}, deeper))
          .filter((value) => value !== undefined);
    case 'integer': case 'number': {
      const above = schema.exclusiveMinimum === undefined ? -Infinity : schema.exclusiveMinimum + 1;
      return Math.min(Math.max(1, schema.minimum ?? above), schema.maximum ?? Infinity);
    }
    case 'boolean': return true;
    case 'string':
      if (schema.format === 'date-time') return '2026-01-31T12:00:00Z';
      if (schema.format === 'byte' || schema.contentEncoding === 'base64') return 'aGVsbG8=';
      return 'hello'.padEnd(schema.minLength ?? 0, '.').slice(0, schema.maxLength ?? 1000);
    default: return null;
  }
}

// ---- One operation ----

function quoteForShell(text) { return "'" + text.replaceAll("'", "'\\''") + "'"; }

function showAnswer(place) {
  const status = make('span', {class: 'code'});
  const time = make('span', {class: 'type'});
  const body = make('pre', {tabindex: '0', 'aria-label': 'Body of the answer'});
  const headers = make('table', null);
  place.replaceChildren(
      make('h3', null, 'Answer'),
      make('div', {class: 'row'}, status, time), body,
      make('details', null, make('summary', {class: 'about'}, 'headers'), headers));
  return {status, time, body, headers};
}

async function send(request, answer, stop) {
  const started = performance.now();
  const took = () => (performance.now() - started).toFixed(1) + ' ms';
  answer.status.textContent = 'sending…';
  try {
    const response = await fetch(request.url, {...request.init, signal: stop.signal,
                                               cache: 'no-store'});
    answer.status.textContent = (response.status + ' ' + response.statusText).trim();
    answer.status.classList.add(response.ok ? 'good' : 'bad');
    const first = took();
    for (const [name, value] of response.headers) {
      answer.headers.append(make('tr', null, make('th', {scope: 'row'}, name),
                                 make('td', null, value)));
    }
    const decoder = new TextDecoder();
    let text = '';
    if (response.body) {
      const reader = response.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text += decoder.decode(part.value, {stream: true});
        answer.body.textContent = text;
      }
    }
    answer.time.textContent = 'first byte ' + first + ', complete ' + took() + ', '
        + new Blob([text]).size + ' bytes';
    if (/[/+]json\b/.test(response.headers.get('content-type') ?? '')) {
      try { answer.body.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { }
    }
    if (text === '') answer.body.textContent = '(no body)';
  } catch (error) {
    answer.status.textContent = stop.signal.aborted ? 'stopped' : 'no answer';
    answer.status.classList.add('bad');
    answer.time.textContent = took();
    answer.body.textContent = String(error.message ?? error);
  }
}

function tryIt(method, path, operation, id) {
  const content = operation.requestBody?.content;
  const types = Object.keys(content ?? {});
  const parameters = (operation.parameters ?? []).map((one) => resolve(one));
  const inputs = parameters.map((parameter) => make('input', {
    id: id + '-' + parameter.name, autocomplete: 'off', placeholder: parameter.in}));
  const type = types.length < 2 ? null
      : make('select', {id: id + '-type'}, types.map((one) => make('option', null, one)));
  const chosen = () => type?.value ?? types[0];
  const isJson = () => /[/+]json$/.test(chosen() ?? '');
  const body = make('textarea', {id: id + '-body', spellcheck: 'false', rows: '9'});
  const hint = make('p', {class: 'hint', role: 'status'});
  const check = () => {
    hint.textContent = '';
    if (!isJson()) return;
    try { JSON.parse(body.value); } catch (error) { hint.textContent = 'Not JSON: ' + error.message; }
  };
  const reset = () => {
    const media = content?.[chosen()] ?? {};
    const example = media.example ?? Object.values(media.examples ?? {})[0]?.value
        ?? sample(media.schema ?? {}) ?? null;
    body.value = typeof example === 'string' && !isJson() ? example
        : JSON.stringify(example, null, 2);
    body.rows = Math.min(Math.max(body.value.split('\n').length + 1, 5), 20);
    check();
  };

  const build = () => {
    const headers = {};
    const query = new URLSearchParams();
    let target = path;
    parameters.forEach((parameter, i) => {
      const value = inputs[i].value;
      if (value === '') return;
      if (parameter.in === 'header') headers[parameter.name] = value;
      if (parameter.in === 'query') query.append(parameter.name, value);
      if (parameter.in === 'path') {
        target = target.replace('{' + parameter.name + '}', encodeURIComponent(value));
      }
    });
    if (content) headers['Content-Type'] = chosen();
    const url = base + target + (query.size ? '?' + query : '');
    return {url, init: {method, headers, body: content ? body.value : undefined}};
  };

  const place = make('div', {class: 'answer', 'aria-live': 'polite'});
  let stop = null;
  const sendButton = make('button', {type: 'submit'}, 'Send');
  const stopButton = make('button', {type: 'button', class: 'quiet', disabled: true,
                                     onclick: () => stop?.abort()}, 'Stop');
  const copyButton = make('button', {type: 'button', class: 'quiet', onclick: async () => {
    const {url, init} = build();
    const words = ['curl -i'];
    if (init.method !== 'GET' && init.method !== 'POST') words.push('-X ' + init.method);
    words.push(quoteForShell(location.origin + url));
    for (const [name, value] of Object.entries(init.headers)) {
      words.push('-H ' + quoteForShell(name + ': ' + value));
    }
    if (init.body !== undefined) words.push('--data-binary ' + quoteForShell(init.body));
    else if (init.method === 'POST') words.push('-X POST');
    let text = 'Copied';
    try { await navigator.clipboard.writeText(words.join(' ')); }
    catch { text = 'Not allowed here'; }
    copyButton.textContent = text;
    setTimeout(() => { copyButton.textContent = 'Copy curl'; }, 1500);
  }}, 'Copy curl');
  const onsubmit = async (event) => {
    event.preventDefault();
    stop?.abort();
    const mine = stop = new AbortController();
    stopButton.disabled = false;
    await send(build(), showAnswer(place), mine);
    if (stop === mine) stopButton.disabled = true;
  };
  const form = make('form', {onsubmit, onkeydown: (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  }},
      make('h3', null, 'Try it'),
      parameters.map((parameter, i) => [
        make('label', {for: inputs[i].id}, parameter.name
             + (parameter.required ? ' (required)' : '')
             + (parameter.description ? ': ' + parameter.description : '')), inputs[i]]),
      type ? [make('label', {for: type.id}, 'Content type'), type] : null,
      content ? [make('label', {for: body.id}, 'Body' + (types.length < 2 ? ', ' + types[0] : '')
                      + ' (Ctrl+Enter sends)'), body, hint] : null,
      make('div', {class: 'row'}, sendButton, stopButton,
           content ? make('button', {type: 'button', class: 'quiet', onclick: reset}, 'Example')
                   : null, copyButton));
  type?.addEventListener('change', reset);
  body.addEventListener('input', check);
  if (content) reset();
  return make('div', null, form, place);
}

function describeAnswers(operation) {
  return Object.entries(operation.responses ?? {}).map(([code, given]) => {
    const response = resolve(given);
    const content = Object.entries(response.content ?? {});
    return make('details', {class: 'status'},
        make('summary', null,
             make('span', {class: 'code ' + (/^[23]/.test(code) ? 'good' : 'bad')}, code), ' ',
             response.description ?? ''),
        content.length === 0 ? make('p', {class: 'about'}, 'No body.') : null,
        content.map(([type, media]) => [make('p', {class: 'about'}, type),
                                        schemaTree(media.schema ?? {})]));
  });
}

function card(method, path, operation, id) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  return make('section', {class: 'card', id, 'aria-labelledby': id + '-title'},
      make('header', null,
           make('h2', {id: id + '-title'},
                make('span', {class: 'method ' + method}, method.toUpperCase()), path),
           operation.summary ? make('p', null, operation.summary) : null,
           operation.description ? make('p', null, operation.description) : null),
      make('div', {class: 'halves'},
           make('div', null,
                content.map(([type, media], i) => [
                  make('h3', null, 'Request' + (i > 0 || content.length > 1 ? ', ' + type : '')),
                  schemaTree(media.schema ?? {})]),
                make('h3', null, 'Answers'), describeAnswers(operation)),
           tryIt(method.toUpperCase(), path, operation, id)));
}

// ---- The page ----

function show() {
  document.title = byId('title').textContent = spec.info?.title ?? 'API';
  byId('version').textContent = spec.info?.version ?? '';
  byId('description').textContent = spec.info?.description ?? '';
  const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
  let number = 0;
  const all = Object.entries(spec.paths ?? {}).flatMap(([path, item]) =>
      methods.filter((method) => item[method]).map((method) => [method, path, item[method]]));
  // What asks the model comes first; the rest keeps its order.
  all.sort((a, b) => (b[2].requestBody ? 1 : 0) - (a[2].requestBody ? 1 : 0));
  for (const [method, path, operation] of all) {
    const id = 'operation-' + ++number;
    byId('operations').append(card(method, path, operation, id));
    byId('index').append(make('li', null, make('a', {href: '#' + id},
        make('span', {class: 'method ' + method}, method.toUpperCase()), path)));
  }
}

async function askHealth() {
  let state = 'not-ready';
  let text = 'no answer';
  try {
    const response = await fetch(base + '/ping', {cache: 'no-store'});
    if (response.ok) {
      [state, text] = ['ready', 'ready'];
    } else {
      const problem = await response.json().catch(() => ({}));
      text = problem.detail ?? 'status ' + response.status;
    }
  } catch { }
  byId('health').dataset.state = state;
  if (byId('health-text').textContent !== text) byId('health-text').textContent = text;
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
  byId('theme').setAttribute('aria-label', 'Switch to the '
      + (theme === 'dark' ? 'light' : 'dark') + ' theme');
}

const system = matchMedia('(prefers-color-scheme: dark)');
let kept = null;
try { kept = localStorage.getItem('tenon-theme'); } catch { }
setTheme(kept ?? (system.matches ? 'dark' : 'light'));
system.addEventListener('change', () => { if (!kept) setTheme(system.matches ? 'dark' : 'light'); });
byId('theme').addEventListener('click', () => {
  kept = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  setTheme(kept);
  try { localStorage.setItem('tenon-theme', kept); } catch { }
});

askHealth();
setInterval(() => { if (!document.hidden) askHealth(); }, 5000);
fetch(base + '/openapi.json').then((response) => {
  if (!response.ok) throw new Error('status ' + response.status);
  return response.json();
}).then((described) => { spec = described; show(); }).catch((error) => {
  byId('problem').textContent = 'The description at ' + base + '/openapi.json cannot be read: '
      + error.message;
  byId('problem').hidden = false;
});
)js";

}  // namespace tenon::app
