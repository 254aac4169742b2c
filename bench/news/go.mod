module weir/bench/news

go 1.26.6

require (
	github.com/andybalholm/brotli v1.2.8
	github.com/klauspost/compress v1.20.3
	weir v0.0.0
)

replace weir => ../..
