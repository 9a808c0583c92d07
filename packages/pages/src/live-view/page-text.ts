/** The page's HTML; the script fills it. */
export function pageText(script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Braid</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<header>
<h1 id="state" aria-live="polite">Connecting ...</h1>
<p id="command"></p>
<div id="total" role="progressbar" aria-label="All jobs" aria-valuemin="0" aria-valuemax="100"><div></div></div>
<p id="left"></p>
</header>
<main>
<section id="followed" aria-label="Folders" hidden><h2>Folders</h2><ul id="folders"></ul></section>
<section id="failed" aria-label="Failures" hidden><h2>Failures</h2><p class="legend" id="failed-words"></p><div id="failures"></div></section>
<section aria-label="Rules"><h2>Rules</h2><div id="rules"></div></section>
<section aria-label="Pace and machine"><h2>Pace and machine</h2><div id="pace"></div><dl id="machine"></dl></section>
<section id="jobs" aria-label="Jobs" hidden><h2>Jobs</h2><div id="pickers" class="bar"></div><p id="cell" aria-live="polite"></p><div id="map"></div><p class="legend" id="legend"></p></section>
<section id="latest" aria-label="Latest tables" hidden><h2>Latest tables</h2><div id="tables"></div></section>
</main>
<script type="module" src="${script}"></script>
</body>
</html>
`;
}
