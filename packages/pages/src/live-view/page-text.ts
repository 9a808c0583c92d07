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
<section><h2>Rules</h2><div id="rules"></div></section>
<section id="failed" hidden><h2>Failures</h2><div id="failures"></div></section>
<section id="jobs" hidden><h2>Jobs</h2><div id="pickers" class="bar"></div><div id="map"></div><p id="cell" aria-live="polite"></p><p class="legend" id="legend"></p></section>
<div class="pair">
<section><h2>Pace and machine</h2><div id="pace"></div><dl id="machine"></dl></section>
<section id="latest" hidden><h2>Latest tables</h2><div id="tables"></div></section>
</div>
</main>
<script type="module" src="${script}"></script>
</body>
</html>
`;
}
