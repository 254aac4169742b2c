// Package article reads a folder of local articles as if it were a feed.
//
// Call [Open] once per folder and [Folder.Read] at every look: it gives a
// [Result] whose Document holds one item per article that is published at the
// given instant. [Folder.Watch] says when another look is worth while, and
// Result.Next when a scheduled article becomes due. [Folder.FS] hands out the
// images and recordings that articles carry beside them.
//
// An article is a Markdown file with YAML, TOML or JSON front matter, an HTML
// file with <meta> elements, or plain text in a newsroom's layout, with labels
// or without; a text may hold several. What Hugo, Jekyll, Eleventy, Astro and
// Obsidian add to Markdown is read as they mean it, or left out with a warning.
// [Folder.Draft] begins a new article.
//
// What is promised: only regular files inside the folder are read, each at
// most 1 MiB, and no name, link or device in it leads outside or makes Read
// wait (XJ01, XJ03). One bad file is a [Problem] that names file and line; all
// others are read nevertheless, and the document says that it is partial, so
// that nothing published earlier is taken for deleted. An article's id and
// address survive every edit of its text. Reading an unchanged folder again
// parses nothing. The same files give the same document.
package article
