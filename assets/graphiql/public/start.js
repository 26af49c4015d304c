// Starts GraphiQL: reads the examples, opens the tabs, sends requests, says what stands in the way.
"use strict";

(() => {
  const { createElement: element, Fragment, useEffect } = React;
  const { ToolbarButton, useEditorContext, useExecutionContext, useSchemaStore } = GraphiQL.React;

  const main = document.getElementById("graphiql");
  const { endpoint, examples: examplesPath, schema: schemaPath, version } = main.dataset;

  // GraphiQL's dialogs add one <style>; its library reads the nonce that the page's policy allows from here.
  window.__webpack_nonce__ = document.getElementById("style").nonce;

  /** The key typed into the notice: for all tabs, in memory only. */
  let key = "";
  /** Asks for the schema again; set when GraphiQL stands. */
  let readSchema = () => {};
  /** Whether the first tab is still to be run by itself: on the very first visit, once the schema is there. */
  let runFirst = false;

  // ---- the notice above the editor

  const notice = {
    box: document.getElementById("notice"),
    text: document.getElementById("notice-text"),
    form: document.getElementById("notice-key"),
    input: document.getElementById("notice-key-input"),
    again: document.getElementById("notice-again"),
    close: document.getElementById("notice-close"),
  };

  function say(text, { wantsKey = false, canRetry = false } = {}) {
    notice.text.textContent = text;
    notice.form.hidden = !wantsKey;
    notice.again.hidden = !canRetry;
    notice.box.hidden = false;
  }

  function sayNothing() {
    notice.box.hidden = true;
  }

  notice.form.addEventListener("submit", (event) => {
    event.preventDefault();
    key = notice.input.value.trim();
    notice.input.value = "";
    readSchema();
  });
  notice.again.addEventListener("click", () => readSchema());
  notice.close.addEventListener("click", sayNothing);

  // ---- requests

  /** An answer of our own in the shape of the gateway's, for what the gateway could not say itself. */
  function failure(message, extensions) {
    return { errors: [extensions ? { message, extensions } : { message }] };
  }

  function headersOf(typed) {
    const headers = new Headers({
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
    });
    if (key) headers.set("Authorization", `Bearer ${key}`);
    for (const [name, value] of Object.entries(typed ?? {})) headers.set(name, value);
    return headers;
  }

  function isUnauthenticated(status, answer) {
    return status === 401 || answer.errors?.some?.((error) => error?.extensions?.code === "UNAUTHENTICATED");
  }

  /**
   * The document of a request and the operation that is to run, or null when it is not a document: the graph says
   * where the mistake is, better than this script could.
   *
   * What GraphiQL tells beside the text is not used: it learns it a moment after the text changed or a tab was opened,
   * and who runs it before that would send the name of the tab left behind, or a subscription as a query.
   */
  function readRequest({ query, operationName }) {
    try {
      const document = GraphiQL.GraphQL.parse(query);
      const operations = document.definitions.filter(({ kind }) => kind === "OperationDefinition");
      const named = operations.find(({ name }) => name?.value === operationName);
      const only = operations.length === 1 ? operations[0] : undefined;
      return { document, operation: named ?? only };
    } catch {
      return null;
    }
  }

  /** Subscribes over a WebSocket: the answers as they come. */
  function subscribe(request, { document }, options) {
    const address = new URL(endpoint, window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const open = GraphiQL.createFetcher({
      url: endpoint,
      subscriptionUrl: address.href,
      wsConnectionParams: key ? { authorization: `Bearer ${key}` } : {},
    });
    return open(request, { ...options, documentAST: document });
  }

  /** Sends what GraphiQL runs. */
  function fetcher(request, options) {
    const read = readRequest(request);
    const named = { ...request, operationName: read?.operation?.name?.value };
    return read?.operation?.operation === "subscription" ? subscribe(named, read, options) : send(named, options);
  }

  /** Sends one GraphQL request. Always resolves: what fails becomes an answer with `errors`. */
  async function send(request, { headers: typed } = {}) {
    let headers;
    try {
      headers = headersOf(typed);
    } catch (error) {
      return failure(`these headers cannot be sent: ${error.message}`);
    }

    let reply;
    let body;
    try {
      reply = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(request), redirect: "error" });
      body = await reply.text();
    } catch (error) {
      say("The graph cannot be reached. Is the gateway still running?", { canRetry: true });
      return failure(`the graph cannot be reached: ${error.message}`);
    }

    let answer;
    try {
      answer = JSON.parse(body);
    } catch {
      const contentType = reply.headers.get("Content-Type");
      say(`Something other than the graph answered, with status ${reply.status}.`, { canRetry: true });
      return failure("the answer is not JSON", { status: reply.status, contentType, body: body.slice(0, 1000) });
    }
    judge(request, headers, reply.status, answer);
    return answer;
  }

  /** Sets or clears the notice by what the graph answered. */
  function judge(request, headers, status, answer) {
    if (isUnauthenticated(status, answer ?? {})) {
      const start = headers.has("Authorization") ? "The graph does not accept this API key." : "The graph wants an API key.";
      say(`${start} Enter one here for all tabs, or as a header of one tab under Headers. It is not stored.`, { wantsKey: true });
      if (document.activeElement === document.body) notice.input.focus();
    } else if (request.operationName === "IntrospectionQuery" && !answer?.data) {
      say("The graph does not show its schema. Queries run; completion and documentation are missing.");
    } else {
      sayNothing();
    }
  }

  // ---- the answer as a table

  /** What is typed in an editor of JSON; nothing typed is nothing. */
  function typedIn(editor, name) {
    const text = editor?.getValue().trim();
    if (!text) return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`the ${name} are not JSON: ${error.message}`);
    }
  }

  /** Opens the dialog with the table that the query gives which stands in the editors now. */
  function openTable({ queryEditor, variableEditor, headerEditor }) {
    const query = queryEditor.getValue();
    const read = readRequest({ query, operationName: queryEditor.operationName });
    const operationName = read?.operation?.name?.value;
    const texts = { variables: variableEditor, headers: headerEditor };
    forecourtTable.open(operationName ?? "Table", async ({ accept, parameters }, signal) => {
      const headers = headersOf(typedIn(texts.headers, "headers"));
      headers.set("Accept", accept);
      const request = { query, operationName, variables: typedIn(texts.variables, "variables") };
      const address = parameters ? `${endpoint}?${parameters}` : endpoint;
      return fetch(address, { method: "POST", headers, body: JSON.stringify(request), redirect: "error", signal });
    });
  }

  /** The button below those of the editor. */
  function TableButton() {
    const editors = useEditorContext({ nonNull: true });
    const lines = element("path", { d: "M1.5 2.5h13v11h-13zM1.5 6.2h13M1.5 9.8h13M6 2.5v11", fill: "none", stroke: "currentColor" });
    const icon = element("svg", { className: "graphiql-toolbar-icon", viewBox: "0 0 16 16", "aria-hidden": true }, lines);
    return element(ToolbarButton, { label: "Show as table", onClick: () => openTable(editors) }, icon);
  }

  /** GraphiQL's own buttons, and ours. */
  function toolbar({ prettify, merge, copy }) {
    return element(Fragment, null, prettify, merge, copy, element(TableButton));
  }

  // ---- what the browser keeps

  /** The browser's storage under our own name, or one that forgets where the browser forbids storage. */
  function openStorage() {
    try {
      window.localStorage.getItem("forecourt");
      return GraphiQL.createLocalStorage({ namespace: "forecourt" });
    } catch {
      const kept = new Map();
      return {
        get length() {
          return kept.size;
        },
        clear: () => kept.clear(),
        getItem: (name) => kept.get(name) ?? null,
        removeItem: (name) => kept.delete(name),
        setItem: (name, value) => kept.set(name, value),
      };
    }
  }

  function storedTab(storage) {
    try {
      const { tabs, activeTabIndex } = JSON.parse(storage.getItem("graphiql:tabState"));
      return tabs[activeTabIndex] ?? null;
    } catch {
      return null;
    }
  }

  /**
   * Tells GraphiQL which tab is open: it looks for one with the stored query and variables, and without them
   * it would add an empty tab on every visit and leave out the variables of the first example.
   */
  function open(storage, tab) {
    for (const part of ["query", "variables"]) {
      if (tab?.[part]) storage.setItem(`graphiql:${part}`, tab[part]);
      else storage.removeItem(`graphiql:${part}`);
    }
  }

  // ---- the page

  /** Shows nothing; gives this script what only a component inside GraphiQL can see. */
  function Link() {
    const { schema, introspect } = useSchemaStore();
    const { queryEditor, variableEditor, responseEditor } = useEditorContext({ nonNull: true });
    const { run } = useExecutionContext({ nonNull: true });
    useEffect(() => {
      readSchema = introspect;
    }, [introspect]);
    useEffect(() => {
      if (!runFirst || !schema || !queryEditor || !variableEditor || !responseEditor) return;
      runFirst = false;
      run();
    }, [schema, queryEditor, variableEditor, responseEditor, run]);
    return null;
  }

  function toggleDocumentation() {
    document.querySelector('.graphiql-sidebar button[aria-label$="Documentation Explorer"]')?.click();
  }

  /** The line at the top right. The links stand only once the schema could be read. */
  function Line() {
    const { schema } = useSchemaStore();
    return element(
      "span",
      { className: "forecourt-line" },
      element("span", null, element("strong", null, "Forecourt"), ` ${version}`),
      schema && element("button", { type: "button", onClick: toggleDocumentation }, "docs"),
      schema && element("a", { href: schemaPath, target: "_blank", rel: "noopener" }, "schema"),
    );
  }

  async function readExamples() {
    const reply = await fetch(examplesPath);
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    return reply.json();
  }

  async function start() {
    let examples = [];
    let trouble = null;
    try {
      examples = await readExamples();
    } catch (error) {
      trouble = `The examples cannot be read: ${error.message}.`;
    }

    const storage = openStorage();
    const known = storedTab(storage);
    if (!known) storage.removeItem("graphiql:tabState");
    open(storage, known ?? examples[0]);
    runFirst = !known && examples.length > 0;

    const editor = element(
      GraphiQL,
      {
        fetcher,
        storage,
        defaultTabs: examples.length > 0 ? examples : undefined,
        defaultQuery: "# Ctrl-Space completes, Ctrl-Enter runs; the book at the left explains every type.\n\n",
        defaultEditorToolsVisibility: "variables",
        shouldPersistHeaders: false,
        isHeadersEditorEnabled: true,
      },
      element(GraphiQL.Logo, null, element(Line)),
      element(GraphiQL.Toolbar, null, toolbar),
      element(Link),
    );
    ReactDOM.createRoot(main).render(editor);
    if (trouble) say(trouble);
  }

  start();
})();
