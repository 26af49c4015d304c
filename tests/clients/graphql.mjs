// Sends GraphQL over HTTP.

/** The whole answer of the graph at `url`. */
export async function ask(url, query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** The data of an answer that must have no errors. */
export async function data(url, query, variables) {
  const answer = await ask(url, query, variables);
  if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}
