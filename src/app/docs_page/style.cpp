// SPDX-License-Identifier: Apache-2.0
#include "app/docs_page/docs_page.hpp"

namespace tenon::app {

const std::string_view kDocsStyle = R"css(
:root {
  --ground: #f6f7f9; --card: #ffffff; --ink: #17202b; --soft: #566273; --line: #dde2e9;
  --field: #f9fafb; --accent: #0b5fc4; --on-accent: #ffffff; --focus: #0b5fc4;
  --good: #14733c; --bad: #b3261e; --warn: #8a5a00; --get: #14733c; --post: #0b5fc4;
  --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 4px 16px rgb(16 24 40 / 5%);
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  color-scheme: light;
}
:root[data-theme="dark"] {
  --ground: #0f141a; --card: #171e27; --ink: #e6ebf1; --soft: #9fabba; --line: #2a3441;
  --field: #111820; --accent: #6cb0ff; --on-accent: #08131f; --focus: #8cc2ff;
  --good: #5dd58c; --bad: #ff8a80; --warn: #f0bd5b; --get: #5dd58c; --post: #6cb0ff;
  --shadow: none; color-scheme: dark;
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 5rem; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; top: .5rem; padding: .5rem 1rem; z-index: 3; }
.skip:focus { left: .5rem; background: var(--card); }
.top {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center;
  gap: .25rem 1.25rem; padding: .7rem 1.5rem; background: var(--card);
  border-bottom: 1px solid var(--line);
}
.title { display: flex; align-items: baseline; gap: .6rem; }
h1 { font-size: 1.15rem; margin: 0; letter-spacing: -.01em; }
.version { color: var(--soft); font: .85rem var(--mono); }
.health { margin: 0; display: flex; align-items: center; gap: .45rem; font-size: .9rem; }
.dot { width: .6rem; height: .6rem; border-radius: 50%; background: var(--soft); }
.health[data-state="ready"] .dot { background: var(--good); }
.health[data-state="not-ready"] .dot { background: var(--bad); }
.links { margin-left: auto; display: flex; align-items: center; gap: 1rem; font-size: .9rem; }
.layout {
  display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2rem;
  max-width: 84rem; margin: 0 auto; padding: 1.5rem;
}
.side { position: sticky; top: 5rem; align-self: start; }
.side ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .1rem; }
.side a {
  display: flex; align-items: center; gap: .5rem; padding: .35rem .5rem; border-radius: 6px;
  color: var(--ink); text-decoration: none; font: .85rem var(--mono); overflow-wrap: anywhere;
}
.side a:hover { background: var(--line); }
main:focus { outline: none; }
.lead { color: var(--soft); margin: 0 0 1.25rem; white-space: pre-line; }
.lead:empty { display: none; }
.problem {
  border: 1px solid var(--bad); color: var(--bad); background: var(--card); border-radius: 8px;
  padding: .75rem 1rem;
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: var(--shadow); margin-bottom: 1.5rem; overflow: hidden;
}
.card > header { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); }
.card h2 {
  margin: 0; font: 600 1.05rem var(--mono); display: flex; align-items: center; gap: .7rem;
  flex-wrap: wrap; overflow-wrap: anywhere;
}
.card header p { margin: .35rem 0 0; color: var(--soft); white-space: pre-line; }
.method {
  font: 700 .72rem var(--mono); letter-spacing: .04em; color: var(--soft);
  border: 1px solid currentColor; border-radius: 5px; padding: .1rem .4rem;
}
.side .method { min-width: 3.2rem; text-align: center; }
.method.get { color: var(--get); }
.method.post { color: var(--post); }
.halves { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.halves > * { padding: 1rem 1.25rem; min-width: 0; }
.halves > * + * { border-left: 1px solid var(--line); }
h3 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft);
  margin: 0 0 .5rem; font-weight: 600; }
h3:not(:first-child) { margin-top: 1.25rem; }
ul.fields { list-style: none; margin: 0; padding: 0; }
ul.fields ul.fields { margin: .35rem 0 .1rem; padding-left: .9rem; border-left: 2px solid var(--line); }
ul.fields > li { padding: .4rem 0; border-bottom: 1px solid var(--line); }
ul.fields > li:last-child { border-bottom: 0; }
.name { font: 600 .9rem var(--mono); overflow-wrap: anywhere; }
.type { font: .82rem var(--mono); color: var(--soft); margin-left: .5rem; overflow-wrap: anywhere; }
.must { font-size: .75rem; color: var(--warn); margin-left: .5rem; }
.about { margin: .15rem 0 0; font-size: .9rem; color: var(--soft); white-space: pre-line; }
details > summary { cursor: pointer; padding: .15rem 0; }
details.status { border-bottom: 1px solid var(--line); padding: .3rem 0; }
details.status:last-of-type { border-bottom: 0; }
.code { font: 600 .85rem var(--mono); }
.code.good { color: var(--good); }
.code.bad { color: var(--bad); }
label { display: block; font-size: .85rem; color: var(--soft); margin: 0 0 .3rem; }
textarea, input, select {
  width: 100%; color: var(--ink); background: var(--field); border: 1px solid var(--line);
  border-radius: 8px; padding: .55rem .7rem; font: .88rem/1.5 var(--mono);
}
input, select { margin-bottom: .7rem; }
textarea { display: block; resize: vertical; tab-size: 2; }
.hint { font-size: .82rem; color: var(--warn); margin: .3rem 0 0; min-height: .6em; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-top: .5rem; }
button {
  font: 600 .9rem system-ui, sans-serif; border-radius: 8px; padding: .45rem 1rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent);
}
button.quiet { background: transparent; color: var(--accent); border-color: var(--line);
  font-weight: 500; padding: .35rem .75rem; }
button:hover { filter: brightness(1.08); }
button:disabled { opacity: .5; cursor: default; }
.answer { margin-top: 1rem; }
.answer .row { margin: 0 0 .5rem; font-size: .9rem; }
pre {
  margin: 0; padding: .75rem .9rem; background: var(--field); border: 1px solid var(--line);
  border-radius: 8px; font: .85rem/1.5 var(--mono); overflow: auto; max-height: 26rem;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
table { border-collapse: collapse; width: 100%; font: .82rem var(--mono); margin: .3rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0;
  overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
@media (max-width: 60rem) {
  .layout { grid-template-columns: minmax(0, 1fr); gap: 1rem; padding: 1rem; }
  .side { position: static; }
  .halves { grid-template-columns: minmax(0, 1fr); }
  .halves > * + * { border-left: 0; border-top: 1px solid var(--line); }
  .links { margin-left: 0; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
)css";

}  // namespace tenon::app
