#!/usr/bin/env bash
# Fetches the vendored files of GraphiQL anew and writes VENDORED.md and public/LICENSES.txt.
# Needs npm and node. The files are taken bit for bit from the published packages; to move to
# another version, change the numbers here and look at the page afterwards (tests/browser).
set -euo pipefail

graphiql=4.1.2
react=18.3.1

here=$(cd "$(dirname "$0")" && pwd)
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"

table=""
take() { # package version, file in the package, name here
  local package=$1 version=$2 file=$3 name=$4
  if [ ! -d "$package" ]; then
    mkdir "$package"
    tar -xzf "$(npm pack --silent "$package@$version")" -C "$package" --strip-components 1
  fi
  cp "$package/$file" "$here/public/$name"
  table+="| \`$name\` | $package | $version | \`$file\` | \`$(sha256sum "$package/$file" | cut -d' ' -f1)\` |"$'\n'
}
take react "$react" umd/react.production.min.js react.js
take react-dom "$react" umd/react-dom.production.min.js react-dom.js
take graphiql "$graphiql" graphiql.min.js graphiql.js
take graphiql "$graphiql" graphiql.min.css graphiql.css

# The bundle's source map names what is bundled; the packages themselves carry the licence texts.
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-save "graphiql@$graphiql" "react@$react" "react-dom@$react" graphql@16 \
  graphql-ws@5 @graphiql/toolkit @radix-ui/react-use-escape-keydown @react-aria/utils \
  @fontsource/roboto @fontsource/fira-code
node "$here/licences.mjs" "$temp" > "$here/public/LICENSES.txt"

cat > "$here/VENDORED.md" <<END
# Vendored files

GraphiQL as published on the npm registry, unchanged, without source maps. \`renew.sh\` fetches the
files again and writes this page; the sums let anyone compare without trusting us.

| File in \`public/\` | Package | Version | File in the package | SHA-256 |
|---|---|---|---|---|
$table
\`graphiql.js\` bundles \`@graphiql/react\`, CodeMirror 5, \`graphql\` and what they need; React and ReactDOM
stand beside it. \`graphiql.css\` carries its fonts inside. The licence texts of all of them are in
\`public/LICENSES.txt\`, which the gateway serves beside the files.

Our own: \`page.html\`, \`public/start.js\`, \`public/table.js\`, \`public/start.css\`, \`public/icon.svg\`, \`examples/\`.
END
