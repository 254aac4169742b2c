#!/usr/bin/env bash
# Requests per second for /rss.xml, beside a server of net/http that answers
# the same bytes with the same headers from memory, and where there is one
# beside nginx with gzip_static, in one run with wrk:
#
#   bench/serve.sh PROGRAM URL [RUNS] [SECONDS]
#
# PROGRAM is the yardstick (it takes -impl http -file -addr -headers), URL a
# running weir's, for example http://127.0.0.1:8080. Prints medians and ratios.
set -euo pipefail
program=$1 url=${2%/} runs=${3:-3} seconds=${4:-4}
work=$(mktemp -d); addr=127.0.0.1:8941 web=127.0.0.1:8942 yard='' nginx=''
trap 'kill $yard $nginx 2>/dev/null || true; rm -rf "$work"' EXIT
curl -sf "$url/rss.xml" -o "$work/rss.xml"
curl -sfI "$url/rss.xml" | tr -d '\r' | sed 1d | grep -viE \
	'^(etag|last-modified|vary|cache-control|content-type|content-length|content-encoding|date|transfer-encoding):' | sed '/^$/d' >"$work/headers"
"$program" -impl http -file "$work/rss.xml" -addr $addr -headers "$work/headers" >"$work/out" 2>&1 &
yard=$!
for _ in $(seq 50); do curl -sf "http://$addr/rss.xml" -o /dev/null && break; sleep 0.1; done
if command -v nginx >/dev/null; then
	curl -sf -H 'Accept-Encoding: gzip' "$url/rss.xml" -o "$work/rss.xml.gz"
	chmod 755 "$work"
	{
		[ "$(id -u)" -ne 0 ] || echo 'user root;'
		echo "daemon off; worker_processes auto; pid $work/pid; error_log $work/log; events {} http { access_log off; keepalive_requests 1000000;"
		echo "server { listen $web; root $work; gzip_static on; gzip_vary on; types {} default_type \"application/rss+xml; charset=utf-8\"; sendfile on;"
		sed -E 's/^([^:]+): (.*)$/add_header \1 "\2";/; s/"([^"]*)"(;[^;]*)"/"\1\2"/' "$work/headers" | grep -v '^add_header Link' || true
		echo 'add_header Cache-Control "public, max-age=900, stale-while-revalidate=3600, stale-if-error=86400"; } }'
	} >"$work/nginx.conf"
	nginx -c "$work/nginx.conf" -e "$work/log" &
	nginx=$!
	for _ in $(seq 50); do curl -sf "http://$web/rss.xml" -o /dev/null && break; sleep 0.1; done
fi
echo "rss.xml: $(stat -c %s "$work/rss.xml") bytes, $(wc -l <"$work/headers") further headers"

tag() { curl -sfI "$1" ${2:+-H "$2"} | tr -d '\r' | awk -F': ' 'tolower($1)=="etag"{print $2}'; }
rate() { wrk -t1 -c64 -d"${seconds}s" "$@" | awk '/Requests\/sec/{print $2}'; }
median() { sort -n | awk '{v[NR]=$1} END{print v[int((NR+1)/2)]}'; }

for what in plain gzip 304; do
	: >"$work/ours"; : >"$work/theirs"; : >"$work/nginxs"
	for i in $(seq "$runs"); do
		order="ours theirs${nginx:+ nginxs}"; [ $((i % 2)) -eq 0 ] && order="${nginx:+nginxs }theirs ours"
		for who in $order; do
			target=$url/rss.xml; [ "$who" = theirs ] && target=http://$addr/rss.xml
			[ "$who" = nginxs ] && target=http://$web/rss.xml
			case $what in
			plain) rate "$target" ;;
			gzip) rate -H 'Accept-Encoding: gzip' "$target" ;;
			304) rate -H "If-None-Match: $(tag "$target")" "$target" ;;
			esac >>"$work/$who"
		done
	done
	ours=$(median <"$work/ours") theirs=$(median <"$work/theirs") nginxs=0
	[ -z "$nginx" ] || nginxs=$(median <"$work/nginxs")
	awk -v w="$what" -v o="$ours" -v t="$theirs" -v n="$nginxs" 'BEGIN{
		printf "%-6s weir %8.0f/s   net/http %8.0f/s   ratio %.2f", w, o, t, o/t
		if (n > 0) printf "   nginx %8.0f/s   ratio %.2f", n, o/n
		print ""}'
done
