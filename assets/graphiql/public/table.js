// The dialog that shows a query's answer as a table and downloads it. Told by start.js what to ask and how.
"use strict";

const forecourtTable = (() => {
  /** The most rows that are asked for, and the most of them that are shown. */
  const MOST_READ = 1000;
  const MOST_SHOWN = 200;

  const PREVIEW = { accept: "application/x-ndjson", parameters: `limit=${MOST_READ}` };
  /** CSV cannot say that it is not whole, so it comes whole or not at all; the others say so inside. */
  const FILES = {
    csv: { accept: "text/csv", parameters: "partial=fail" },
    xlsx: { accept: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", parameters: "" },
    parquet: { accept: "application/vnd.apache.parquet", parameters: "" },
  };

  const box = document.getElementById("table");
  const heading = document.getElementById("table-heading");
  const ending = document.getElementById("table-ending");
  const faults = document.getElementById("table-faults");
  const rows = document.getElementById("table-rows");
  const told = document.getElementById("table-told");
  const downloads = [...box.querySelectorAll("button[data-format]")];

  /** Sends the request that the dialog is about; none while it is closed. */
  let ask = null;
  /** Ends what is under way when the dialog closes. */
  let leave = new AbortController();

  function make(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /** A value as text; what is empty and what is JSON look different from text. */
  function cell(value) {
    if (value === null) return make("td", "", "empty");
    if (typeof value === "object") return make("td", JSON.stringify(value), "json");
    return make("td", String(value), typeof value === "number" ? "number" : "");
  }

  function grid(read) {
    const table = make("table");
    const names = Object.keys(read[0] ?? {});
    const header = table.createTHead().insertRow();
    for (const name of names) {
      const title = make("th", name);
      title.scope = "col";
      header.append(title);
    }
    const body = table.createTBody();
    for (const row of read.slice(0, MOST_SHOWN)) body.insertRow().append(...names.map((name) => cell(row[name])));
    return table;
  }

  function count(number) {
    return number === 1 ? "1 row" : `${number} rows`;
  }

  function summary(read, outcome) {
    const start = read.length > MOST_SHOWN ? `first ${MOST_SHOWN} of ${count(read.length)}` : count(read.length);
    const more = outcome === "CAPPED" ? ": there are more, and a download has them" : "";
    return `${outcome}: ${start}${more}`;
  }

  function faultText({ code, vendor, path, message }) {
    return [[code, vendor].filter(Boolean).join(" of "), path, message].filter(Boolean).join(": ");
  }

  function list(texts) {
    faults.replaceChildren(...texts.map((text) => make("li", text)));
    faults.hidden = texts.length === 0;
  }

  /** What the gateway says of a request that gives no table: GraphQL errors, or a problem with its faults. */
  function refusal(status, body) {
    try {
      const { errors, detail, title, faults: missing = [] } = JSON.parse(body);
      const said = errors?.map(({ message, extensions }) => faultText({ code: extensions?.code, message }));
      return said ?? [detail ?? title ?? body.slice(0, 1000), ...missing.map(faultText)];
    } catch {
      return [`Something other than a table was answered, with status ${status}.`, body.slice(0, 1000)];
    }
  }

  function show(text) {
    const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    // Only a table that is not whole has a last line about itself.
    const last = lines.at(-1)?.["@forecourt"];
    if (last) lines.pop();
    const outcome = last?.outcome ?? "COMPLETE";
    ending.textContent = summary(lines, outcome);
    ending.dataset.outcome = outcome;
    list((last?.faults ?? []).map(faultText));
    rows.replaceChildren(grid(lines));
    for (const button of downloads) button.disabled = false;
  }

  async function preview() {
    const { signal } = leave;
    try {
      const reply = await ask(PREVIEW, signal);
      const text = await reply.text();
      if (reply.ok) return show(text);
      ending.textContent = "This gives no table.";
      ending.dataset.outcome = "REFUSED";
      list(refusal(reply.status, text));
    } catch (error) {
      if (signal.aborted) return;
      ending.textContent = "The table could not be read.";
      ending.dataset.outcome = "REFUSED";
      list([error.message]);
    }
  }

  function save(blob, name) {
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    // The browser has taken hold of the bytes by the next turn.
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  }

  async function download(format) {
    const { signal } = leave;
    told.textContent = `Reading all rows for ${format} …`;
    for (const button of downloads) button.disabled = true;
    try {
      const reply = await ask(FILES[format], signal);
      if (reply.ok) {
        const name = /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition"))?.[1] ?? `table.${format}`;
        const blob = await reply.blob();
        if (signal.aborted) return;
        save(blob, name);
        const outcome = reply.headers.get("Forecourt-Outcome") ?? "COMPLETE";
        told.textContent = `${name}: ${outcome}, ${count(Number(reply.headers.get("Forecourt-Rows")))}`;
      } else {
        told.textContent = `No ${format}: ${refusal(reply.status, await reply.text()).join(" · ")}`;
      }
    } catch (error) {
      if (signal.aborted) return;
      told.textContent = `No ${format}: ${error.message}`;
    }
    for (const button of downloads) button.disabled = false;
  }

  for (const button of downloads) button.addEventListener("click", () => download(button.dataset.format));
  document.getElementById("table-close").addEventListener("click", () => box.close());
  // Escape closes a modal dialog by itself, and the browser gives the focus back to where it was.
  box.addEventListener("close", () => {
    leave.abort();
    ask = null;
    rows.replaceChildren();
  });

  return {
    /** Opens the dialog named `title`; `send` takes what to accept with parameters, and a signal, and gives a reply. */
    open(title, send) {
      ask = send;
      leave = new AbortController();
      heading.textContent = title;
      ending.textContent = "Reading …";
      delete ending.dataset.outcome;
      told.textContent = "";
      list([]);
      for (const button of downloads) button.disabled = true;
      box.showModal();
      preview();
    },
  };
})();
