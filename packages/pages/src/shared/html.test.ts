import { expect, test } from "vitest";
import { html, trusted } from "./html.ts";

test("what stands in a gap is text, in elements and in attributes", () => {
  const hostile = `"><script>alert('x')</script>&amp;`;
  expect(html`<a title="${hostile}">${hostile}</a>`.html).toBe(
    '<a title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</a>',
  );
});

test("HTML, lists, numbers and nothing can stand there too", () => {
  const rows = ["<1>", "2"].map((text) => html`<td>${text}</td>`);
  expect(html`<tr>${rows}${null}</tr>${3}${trusted("<br>")}`.html).toBe(
    "<tr><td>&lt;1&gt;</td><td>2</td></tr>3<br>",
  );
});

test("characters that no page can show stand as missing ones", () => {
  expect(html`${"a\u0000b\u001b[31mc\td\n"}`.html).toBe("a\ufffdb\ufffd[31mc\td\n");
});
