package fetch_test

const agent = "weir-test/1 (+https://weir.example/)"
