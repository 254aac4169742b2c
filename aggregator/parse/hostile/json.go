package hostile

const jsonDeep = "JSON depth"

// nulls are members that are there and nothing (XC07).
func nulls() []Case {
	return []Case{
		read("XC07 an item that is null", 0, func() string { return jsonHead + `"items":[null]}` }),
		read("XC07 an author that is null", 1, func() string { return jsonHead + `"authors":[null],"items":[{"id":"1","content_text":"t"}]}` }),
		read("XC07 an item's author that is null", 1, func() string { return jsonHead + `"items":[{"id":"1","content_text":"t","authors":[null]}]}` }),
		read("XC07 items that are null", 0, func() string { return jsonHead + `"items":null}` }),
		read("XC07 every member null", 1, func() string {
			return jsonHead + `"author":null,"hubs":[null],"language":null,"icon":null,"items":[{"id":"1","content_html":"t","attachments":[null],` +
				`"tags":[null],"author":null,"date_published":null,"url":null,"title":null,"image":null,"_x":null}]}`
		}),
		read("XC07 19 k nulls", 0, func() string { return jsonHead + `"items":[` + many("null,", 19*kilo) + `null]}` }),
	}
}

// types are values of another kind, deeper, longer or oftener than anybody
// wants (XC08).
func types() []Case {
	in := func(s string) string { return jsonHead + `"items":[{"id":"1","title":"t",` + s + `}]}` }
	return []Case{
		refused("XC08 10 k arrays in each other", jsonDeep, func() string { return jsonHead + `"items":` + nest("[", "]", 10*kilo) + `}` }),
		refused("XC08 10 k objects in each other", jsonDeep, func() string { return jsonHead + `"a":` + nest(`{"a":`, "}", 10*kilo) + `}` }),
		refused("XC08 9 M open arrays", jsonDeep, func() string { return jsonHead + `"items":` + many("[", 9*mega) }),
		refused("XC08 1.8 M open objects at the root", jsonDeep, func() string { return many(`{"a":`, 9*mega/5) }),
		refused("XC08 9 M braces", "not a feed", func() string { return many("{", 9*mega) }),
		read("XC08 1 M equal keys of an item", 1, func() string { return in(`"a":1` + many(`,"a":1`, mega)) }),
		read("XC08 1 M equal keys of the feed", 1, func() string { return jsonHead + many(`"a":1,`, mega) + `"items":[{"id":"1","title":"t"}]}` }),
		read("XC08 100 k times title and content", 1, func() string { return in(many(`"title":"t","content_html":"<p>x</p>",`, 100*kilo) + `"a":1`) }),
		read("XC08 100 k times items", 1, func() string { return jsonHead + many(`"items":[{"id":"1","title":"t"}],`, 100*kilo) + `"a":1}` }),
		read("XC08 wrong types everywhere", 1, func() string {
			return jsonHead + `"authors":3,"hubs":"h","items":[{"id":{},"title":["x"],"url":1,"tags":{"a":1},"attachments":"x","date_published":[],"content_text":"t"}]}`
		}),
		read("XC08 items of wrong types", 0, func() string { return jsonHead + `"items":[1,"a",true,[[]],[{}],-0.1e9,nope]}` }),
		read("XC08 a key of 9 MB", 1, func() string { return in(`"` + many("k", 9*mega) + `":1`) }),
		read("XC08 a number of 9 MB", 1, func() string { return in(`"size":` + many("9", 9*mega)) }),
		read("XC08 a length of 9 MB", 1, func() string {
			return in(`"attachments":[{"url":"https://h.example/","mime_type":"a/b","size_in_bytes":` + many("9", 9*mega) + `}]`)
		}),
		read("XC08 1 M escapes of a text", 1, func() string { return in(`"content_text":"` + many(`\u0041`, mega) + `"`) }),
		read("XC08 4 M escapes of a title", 1, func() string { return in(`"title":"` + many(`\\`, 4*mega) + `"`) }),
		read("XC08 1 M tags", 1, func() string { return in(`"tags":["t"` + many(`,"t"`, mega) + `]`) }),
		read("XC08 300 k authors", 1, func() string { return in(`"authors":[{}` + many(`,{"name":"a"}`, 300*kilo) + `]`) }),
		read("XC08 200 k attachments", 1, func() string { return in(`"attachments":[{}` + many(`,{"url":"https://h.example/e"}`, 200*kilo) + `]`) }),
		read("XC08 a string without an end", 0, func() string { return jsonHead + `"items":[{"id":"` + many("x", 9*mega) }),
		refused("XC08 9 M commas", "not a feed", func() string { return "{" + many(",", 9*mega) }),
		refused("XC08 3 M colons and quotes", "not a feed", func() string { return "{" + many(`"":`, 3*mega) }),
		refused("XC12 JSON: 1 M items", tooManyItems, func() string { return jsonHead + `"items":[` + many("{},", mega) + `{}]}` }),
		read("XC16 JSON: 9 MB of HTML", 1, func() string { return in(`"content_html":"` + many("<b>", 3*mega) + `"`) }),
		read("XC13 JSON: 2 k authors an item, 100 items", 100, func() string {
			return jsonHead + `"items":[` + numbered(`{"id":"%d","title":"t","authors":[{}`+many(`,{"name":"a","url":"https://h.example"}`, 2*kilo)+`]},`, 100) + `{}]}`
		}),
	}
}
