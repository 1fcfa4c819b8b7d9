// SPDX-License-Identifier: Apache-2.0
#include "app/docs_page/docs_page.hpp"

namespace tenon::app {

const std::string_view kDocsMarkup = R"html(
<a class="skip" href="#operations">Skip to the operations</a>
<header class="top">
  <div class="title">
    <h1 id="title">API</h1>
    <span class="version" id="version"></span>
  </div>
  <p class="health" id="health" role="status"><span class="dot" aria-hidden="true"></span>
    <span id="health-text">asking…</span></p>
  <nav class="links" aria-label="Other pages">
    <a href="openapi.json">openapi.json</a>
    <a href="metrics">metrics</a>
    <a href="-/routes">routes</a>
    <button type="button" id="theme" class="quiet">Dark</button>
  </nav>
</header>
<div class="layout">
  <nav class="side" aria-label="Operations"><ul id="index"></ul></nav>
  <main id="operations" tabindex="-1">
    <p class="lead" id="description"></p>
    <p id="problem" class="problem" role="alert" hidden></p>
    <noscript><p class="problem">This page needs JavaScript. The description itself is at
      <a href="openapi.json">openapi.json</a>.</p></noscript>
  </main>
</div>
)html";

}  // namespace tenon::app
