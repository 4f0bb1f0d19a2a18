"""The inbox page: plain HTML, in French, no script."""

from html import escape

STYLE = """
:root{--ink:#1f2a37;--soft:#6b7280;--line:#e5e7eb;--paper:#fff;--ground:#f3f4f6;--accent:#714b67}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink)}
body{font:15px/1.5 system-ui,sans-serif}
header{background:var(--accent);color:#fff;padding:14px 24px}
header a{color:#fff;text-decoration:none} header small{opacity:.8;margin-left:12px}
main{max-width:1080px;margin:24px auto;padding:0 16px}
.card{background:var(--paper);border:1px solid var(--line)}
.card{border-radius:8px;overflow:hidden}
table{border-collapse:collapse;width:100%}
th{color:var(--soft);font-weight:600;font-size:13px;text-align:left}
td,th{padding:10px 14px;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0} tbody tr:hover{background:#faf5f9}
td a{color:inherit;text-decoration:none;font-weight:600} .soft{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}
dl{margin:0;padding:16px}
dt{color:var(--soft)} dd{margin:0;overflow-wrap:anywhere}
h1{font-size:20px;margin:0;padding:16px 16px 0}
iframe{border:0;border-top:1px solid var(--line);width:100%;height:70vh;background:#fff}
pre{border-top:1px solid var(--line);margin:0;padding:16px;white-space:pre-wrap}
.files{padding:0 16px 16px;display:flex;gap:8px;flex-wrap:wrap}
.files a{border:1px solid var(--line);border-radius:99px;padding:2px 12px}
.files a{color:var(--accent)}
.empty{padding:48px;text-align:center;color:var(--soft)}
"""
DETAILS = (
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Date",
    "Message-Id",
    "References",
    "Return-Path",
)
LABELS = {
    "From": "De",
    "To": "À",
    "Cc": "Copie",
    "Reply-To": "Répondre à",
    "Date": "Date",
    "Message-Id": "Identifiant",
    "References": "Références",
    "Return-Path": "Retours à",
}


def _frame(title, content, refresh=False):
    reload = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8">{reload}'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        '<header><a href="/"><b>Boîte de réception</b></a>'
        "<small>aucun de ces messages n'a quitté cette machine</small></header>"
        f"<main>{content}</main></body></html>"
    )


def index(summaries):
    """The list, newest first."""
    count = len(summaries)
    title = f"{count} message{'s' if count > 1 else ''}"
    if not summaries:
        empty = '<div class="card empty">Aucun message pour le moment.</div>'
        return _frame(title, empty, refresh=True)
    rows = "".join(map(_row, reversed(summaries)))
    table = (
        f'<p class="soft">{title}</p><div class="card"><table><thead><tr><th>Reçu</th>'
        "<th>Destinataire</th><th>Objet</th><th>Expéditeur</th><th>Pièces</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
    return _frame(title, table, refresh=True)


def _row(summary):
    date = summary["date"].strftime("%d/%m/%Y %H:%M") if summary["date"] else ""
    pieces = summary["attachments"] or ""
    link = f'<a href="/message/{summary["name"]}/">{escape(summary["subject"])}</a>'
    return (
        f'<tr><td class="soft">{date}</td><td>{escape(summary["to"])}</td>'
        f"<td>{link}</td>"
        f'<td class="soft">{escape(summary["from"])}</td><td>{pieces}</td></tr>'
    )


def message(parsed, files, is_html, text):
    """One message: headers, files, body."""
    subject = str(parsed["Subject"] or "(sans objet)")
    details = "".join(
        f"<dt>{LABELS[name]}</dt><dd>{escape(str(parsed[name]))}</dd>"
        for name in DETAILS
        if parsed[name]
    )
    links = "".join(
        f'<a href="part/{position}">{escape(part.get_filename())}</a>'
        for position, part in files
    )
    links += '<a href="source">source</a>'
    # No script, no form and no access to this page for what a message contains.
    frame = '<iframe sandbox="allow-popups" src="html" title="Message"></iframe>'
    body = frame if is_html else f"<pre>{escape(text)}</pre>"
    card = f"<h1>{escape(subject)}</h1><dl>{details}</dl>"
    card += f'<div class="files">{links}</div>{body}'
    return _frame(subject, f'<div class="card">{card}</div>')
