package date

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// letters takes a word and what it says. Before the first number stands, as a
// rule, a weekday: up to three words that nobody knows are taken for one.
func (w *writing) letters() bool {
	var b [48]byte
	r, size := utf8.DecodeRuneInString(w.s)
	if unicode.IsSpace(r) || r == '\u200e' || r == '\u200f' || r == '\u00b7' || r == '،' || r == '、' || r == '，' {
		w.s = w.s[size:]
		return true
	}
	if r == '\u2212' && w.timed && !w.zoned && len(w.s) > size && isDigit(w.s[size]) {
		return w.minus(size)
	}
	before := w.s
	word, ok := w.folded(b[:0])
	if !ok {
		return false
	}
	switch {
	case w.weekdayName(word), w.month(word), w.ofDay(word):
		return true
	case (!w.timed || len(word) > 1) && filler(word):
		return true
	case w.timed && !w.zoned:
		w.s = before
		return w.zone()
	case w.timed && w.zoned && w.offset != 0:
		return true // a name behind an offset is a remark
	case w.n == 0 && w.unit == (civil{}) && !w.timed && w.strange < 3:
		w.strange++
		return true
	}
	return !w.timed && len(word) == 1 && word[0] == 't' && w.complete()
}

// minus takes an offset behind a typographer's minus sign.
func (w *writing) minus(size int) bool {
	var ok bool
	w.s = w.s[size-1:] // offset looks at one byte of sign
	w.offset, ok = w.cursor.offset()
	w.offset, w.zoned = -w.offset, true
	return ok
}

// folded takes a word, in lower case and without the accents of Latin and
// Greek, into buf. A word longer than any that is known is not taken.
func (w *writing) folded(buf []byte) ([]byte, bool) {
	for w.s != "" {
		if c := w.s[0]; c < utf8.RuneSelf {
			if !isLetter(c) {
				break
			}
			buf = append(buf, c|0x20)
			w.s = w.s[1:]
		} else {
			r, size := utf8.DecodeRuneInString(w.s)
			if !unicode.IsLetter(r) && !unicode.IsMark(r) {
				break
			}
			if !unicode.IsMark(r) {
				buf = appendFolded(buf, unicode.ToLower(r))
			}
			w.s = w.s[size:]
		}
		if len(buf) > cap(buf)-utf8.UTFMax {
			return nil, false
		}
	}
	return buf, len(buf) > 0
}

// appendFolded appends a lower-case letter, or those that it is without its
// accent.
func appendFolded(buf []byte, r rune) []byte {
	const (
		accented = "àáâãäåāăąæçćčďđèéêëēėęěģğìíîïīįıķłļľñńņňòóôõöøőřśšşșţțťùúûüūůűųýźžżάέήίόύώϊϋΐΰς"
		plain    = "aaaaaaaaaacccddeeeeeeeeggiiiiiiiklllnnnnooooooorsssstttuuuuuuuuyzzzαεηιουωιυιυσ"
	)
	rest := plain
	for _, a := range accented {
		base, size := utf8.DecodeRuneInString(rest)
		if a == r {
			return utf8.AppendRune(buf, base)
		}
		rest = rest[size:]
	}
	return utf8.AppendRune(buf, r)
}

// ofDay takes the words about the time: halves of the day, and what follows
// an hour.
func (w *writing) ofDay(word []byte) bool {
	switch string(word) {
	case "am":
		return w.timed && w.half(false) // else it is German for on the
	case "上午", "오전", "午前", "πμ":
		return w.half(false)
	case "pm", "下午", "晚上", "오후", "午後", "μμ":
		return w.half(true)
	case "a", "p", "π", "μ":
		return w.dotted(word)
	case "uhr", "h", "klo", "hrs", "hod":
		if w.timed {
			w.bare = false
		}
		return w.timed || string(word) == "klo"
	}
	return false
}

func (w *writing) half(after bool) bool {
	w.halved, w.afternoon, w.bare = true, after, false
	return true
}

// dotted takes a.m. and p. m. behind their first letter, which alone is a word
// of several languages.
func (w *writing) dotted(word []byte) bool {
	rest := w.s
	if !strings.HasPrefix(rest, ".") {
		return false
	}
	rest = strings.TrimLeft(rest[1:], " \u00a0\u202f")
	r, size := utf8.DecodeRuneInString(rest)
	if r = unicode.ToLower(r); r != 'm' && r != 'μ' {
		return false
	}
	w.s = strings.TrimPrefix(rest[size:], ".")
	return w.half(word[0] == 'p' || string(word) == "μ")
}

// month takes the name of a month. What stands before all numbers may be a
// weekday of the same name, as mar and paz are: another name replaces it.
func (w *writing) month(word []byte) bool {
	if w.named > 0 && (!w.shaky || w.timed) {
		return false
	}
	m := monthOf(word)
	if m == 0 {
		return false
	}
	w.named, w.shaky = m, w.n == 0
	return true
}

// weekdayName takes a weekday that may stand anywhere; the English ones may
// settle which number is the day.
func (w *writing) weekdayName(word []byte) bool {
	const starts = "sunmontuewedthufrisat"
	if word[0] < utf8.RuneSelf {
		for d := range 7 {
			if len(word) >= 3 && string(word[:3]) == starts[3*d:3*d+3] && hasFold(time.Weekday(d).String(), string(word)) {
				w.weekday = time.Weekday(d)
				return true
			}
		}
		return false
	}
	s := string(word)
	return strings.Contains(s, "曜") || strings.Contains(s, "星期") || strings.Contains(s, "요일") ||
		strings.HasPrefix(s, "周") || strings.HasPrefix(s, "週")
}

// filler reports whether a word joins the parts of a date and says nothing.
func filler(word []byte) bool {
	switch string(word) {
	case "of", "the", "at", "on", // en
		"am", "um", "den", // de
		"de", "del", "la", "las", "los", "el", "le", "a", "as", "em", "do", "da", "feira", // es fr pt ca
		"di", "il", "alle", "ore", "ora", // it ro
		"kl", "om", "dne", "ve", "roku", "r", "o", // sv da nl cs pl
		"г", "года", "год", "в", "у", "р", "року", // ru uk bg
		"thang", "nam", "ngay", "luc", "saat": // vi tr
		return true
	}
	return false
}

// monthOf recognises a month's name, whole or short, folded: 0 if it is none.
// A word that only begins like one is none either.
func monthOf(word []byte) int {
	if m := englishMonth(word); m > 0 || len(word) < 3 || len(word) > 30 {
		return m
	}
	var b [32]byte
	padded := append(append(append(b[:0], ' '), word...), ' ')
	for m := time.January; m <= time.December; m++ {
		if strings.Contains(monthNames(m), string(padded)) {
			return int(m)
		}
	}
	return 0
}

// englishMonth tells the commonest by their first letters.
func englishMonth(word []byte) int {
	const starts = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(word) < 3 || len(word) > 9 {
		return 0
	}
	for m := range 12 {
		if string(word[:3]) != starts[3*m:3*m+3] {
			continue
		}
		if len(word) == 3 || string(word) == "sept" || hasFold(time.Month(m+1).String(), string(word)) {
			return m + 1
		}
	}
	return 0
}

// monthNames are the names that months have in German, French, Spanish,
// Catalan, Galician, Italian, Portuguese, Romanian, Dutch, Danish, Norwegian,
// Swedish, Icelandic, Finnish, Estonian, Latvian, Lithuanian, Polish, Czech,
// Slovak, Slovenian, Hungarian, Turkish, Indonesian, Greek, Russian, Ukrainian,
// Bulgarian, Serbian, Hebrew and Arabic, folded, in the cases that dates have.
// Croatian names are left out: its listopad is October and Polish November.
func monthNames(m time.Month) string {
	switch m {
	case time.January:
		return " januar jan janner janvier janv enero ene gener gen xaneiro gennaio janeiro ianuarie ian januari tammikuu tammikuuta tammi jaanuar jaan janvaris sausio saus stycznia styczen sty leden ledna led januara ocak oca ιανουαριου ιανουαριοσ ιαν января январь янв січня січень січ януари јануар ינואר يناير "
	case time.February:
		return " februar feber fevrier fev fevr febrero febrer febreiro febbraio febb fevereiro februarie februari helmikuu helmikuuta helmi veebruar veebr februaris vasario vas lutego luty lut unor unora uno februara subat sub φεβρουαριου φεβρουαριοσ φεβ февраля февраль фев февр лютого лютий лют февруари фебруар פברואר فبراير "
	case time.March:
		return " marz maerz mrz mars marzo març marc marco martie maart mrt marts maaliskuu maaliskuuta maalis martii kovo kov marca marzec brezen brezna bre marec marcius mart maret μαρτιου μαρτιοσ μαρ марта март мар березня березень бер מרץ مارس "
	case time.April:
		return " abril abr avril avr aprile aprilie huhtikuu huhtikuuta huhti aprilis balandzio bal kwietnia kwiecien kwi duben dubna dub aprila nisan nis απριλιου απριλιοσ απρ апреля апрель апр квітня квітень квіт кві април אפריל أبريل ابريل "
	case time.May:
		return " mai mayo maig maio maggio mag mei maj toukokuu toukokuuta touko maijs geguzes geg maja kveten kvetna kve majus mayis μαιου μαιοσ μαι мая май травня травень трав тра мај מאי مايو "
	case time.June:
		return " juni juin junio juny xuño xuno giugno giu junho iunie iun kesakuu kesakuuta kesa juuni junijs birzelio bir czerwca czerwiec cze cerven cervna cvn juna junija junij junius haziran haz ιουνιου ιουνιοσ ιουν июня июнь июн червня червень черв чер юни јун יוני يونيو "
	case time.July:
		return " juli juillet juil julio juliol xullo luglio lug julho iulie iul heinakuu heinakuuta heina juuli julijs liepos liep lipca lipiec lip cervenec cervence cvc jula julija julij julius temmuz tem ιουλιου ιουλιοσ ιουλ июля июль июл липня липень лип юли јул יולי يوليو "
	case time.August:
		return " aout aou agosto ago agost augustus augusti elokuu elokuuta elo augusts rugpjucio rugp sierpnia sierpien sie srpen srpna srp augusta avgust avgusta avg augusztus agustus agu agustos αυγουστου αυγουστοσ αυγ августа август авг серпня серпень серп сер אוגוסט أغسطس اغسطس "
	case time.September:
		return " septembre septiembre setiembre setembre setembro settembre set sett septembrie syyskuu syyskuuta syys septembris rugsejo rugs wrzesnia wrzesien wrz zari zar septembra szeptember szept eylul eyl σεπτεμβριου σεπτεμβριοσ σεπ σεπτ сентября сентябрь сен сент вересня вересень вер септември септембар ספטמבר سبتمبر "
	case time.October:
		return " oktober okt octobre octubre outubro out ottobre ott octombrie lokakuu lokakuuta loka oktoober oktobris spalio spal pazdziernika pazdziernik paz rijen rijna rij oktobra ekim eki οκτωβριου οκτωβριοσ οκτ октября октябрь окт жовтня жовтень жовт жов октомври октобар אוקטובר أكتوبر اكتوبر "
	case time.November:
		return " novembre noviembre novembro noiembrie noi marraskuu marraskuuta marras novembris lapkricio lapkr listopada listopad lis novembra kasim kas νοεμβριου νοεμβριοσ νοε ноября ноябрь ноя нояб листопада листопад лист лис ноември новембар נובמבר نوفمبر "
	default:
		return " dezember dez decembre dic diciembre desembre des decembro dicembre dezembro decembrie desember joulukuu joulukuuta joulu detsember dets decembris gruodzio gruod grudnia grudzien gru prosinec prosince pro decembra aralik ara δεκεμβριου δεκεμβριοσ δεκ декабря декабрь дек грудня грудень груд гру декември децембар דצמבר ديسمبر "
	}
}
