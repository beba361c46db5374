"""Judges a page: html5lib finds no parse error, and nothing in it runs or comes from elsewhere. Usage: strict_html.py FILE"""

import sys

import html5lib

# What a page may refer to besides links that a person follows: the one style sheet, and the form that comes back.
ALLOWED = {("link", "href", "/lookup.css"), ("form", "action", "/lookup")}
# Elements that load or run something.
ACTIVE = {"script", "iframe", "object", "embed", "img", "video", "audio", "style", "base", "svg"}

with open(sys.argv[1], "rb") as file:
    text = file.read()
# Strict: the first parse error ends it.
tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text, transport_encoding="utf-8")
for element in tree.iter():
    tag = element.tag
    if not isinstance(tag, str):
        continue
    if tag in ACTIVE:
        sys.exit(f"<{tag}> is in the page")
    for name, value in element.attrib.items():
        if name.startswith("on") or name == "style":
            sys.exit(f"<{tag}> has {name}")
        if name in {"href", "src", "action"} and tag != "a" and (tag, name, value) not in ALLOWED:
            sys.exit(f"<{tag}> refers to {value}")
        if tag == "a" and not value.startswith(("https://", "http://", "mailto:", "tel:")):
            sys.exit(f"a link leads to {value}")
if tree.find(".//h1") is None or tree.find(".//html[@lang]") is None and tree.get("lang") is None:
    sys.exit("the page has no heading or no language")
