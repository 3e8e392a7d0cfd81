'use strict';
// Front end of the example shop. Vulnerable on purpose: never deploy it.
const fs = require('fs');
const http = require('http');
const Promise = require('promise');
const React = require('react');
const { createStore } = require('redux');

const API = process.env.SHOP_API || 'http://127.0.0.1:8000';
// Not in package.json: it is only there because the lock file still carries it.
const JQUERY = 'node_modules/jquery/dist/jquery.min.js';

const h = React.createElement;
const recent = createStore((state = [], action) =>
  action.type === 'searched' ? [action.text, ...state].slice(0, 5) : state);

function escape(text) {
  return String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

// Turns React elements into HTML text; enough for one page without state.
function toHtml(node) {
  if (node === null || node === undefined || node === false) return '';
  if (Array.isArray(node)) return node.map(toHtml).join('');
  if (typeof node !== 'object') return escape(node);
  const { type, props } = node;
  if (typeof type === 'function') return toHtml(type(props));
  const { children, dangerouslySetInnerHTML: raw, ...attributes } = props;
  const names = Object.keys(attributes).map((name) => ` ${name}="${escape(attributes[name])}"`);
  return `<${type}${names.join('')}>${raw ? raw.__html : toHtml(children)}</${type}>`;
}

function products(text) {
  return new Promise((resolve, reject) => {
    http.get(`${API}/products?q=${encodeURIComponent(text)}`, (answer) => {
      let body = '';
      answer.on('data', (chunk) => { body += chunk; });
      answer.on('end', () => { try { resolve(JSON.parse(body)); } catch (error) { reject(error); } });
    }).on('error', reject);
  });
}

function Page({ text, found }) {
  return h('html', null,
    h('head', null, h('title', null, 'Shop'), h('script', { src: '/jquery.js' })),
    h('body', null,
      // The search text goes into the page as it came: reflected script injection.
      h('h1', { dangerouslySetInnerHTML: { __html: `Results for ${text}` } }),
      h('ul', null, found.map((p) => h('li', { key: p.sku, id: p.sku }, `${p.name}: ${p.cents / 100}`))),
      h('p', null, `Recent searches: ${recent.getState().join(', ')}`),
      h('script', { dangerouslySetInnerHTML: { __html: '$("li").on("click", function () { $(this).toggle(); });' } })));
}

http.createServer((request, response) => {
  const url = new URL(request.url, 'http://shop.example');
  response.setHeader('Content-Security-Policy', "default-src 'self'; script-src 'self' 'unsafe-inline'");
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (url.pathname === '/jquery.js') return fs.createReadStream(JQUERY).pipe(response);
  const text = url.searchParams.get('q') || '';
  recent.dispatch({ type: 'searched', text });
  return products(text).then(
    (found) => response.end(`<!doctype html>${toHtml(h(Page, { text, found }))}`),
    (error) => { response.statusCode = 502; response.end(error.stack); });
}).listen(3000, '0.0.0.0');
