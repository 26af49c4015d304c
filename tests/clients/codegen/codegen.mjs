// What the GraphQL Code Generator makes of the schema and the examples. The scalars are the texts that they are in JSON.
const text = { input: "string", output: "string" };

export default {
  schema: process.env.FORECOURT_SCHEMA,
  documents: "../../examples/*.graphql",
  silent: true,
  generates: {
    "generated/graphql.ts": {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: {
        strictScalars: true,
        scalars: { CurrencyCode: text, Date: text, DateTime: text, Decimal: text, Url: text, Vin: text },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};
