package microbatch_test

// Answers of DuckDB: SELECT … FROM t, of functions of strings and times.

import (
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// goldenTexts are the strings that goldenTextAnswers are about; behind the last there is a NULL.
var goldenTexts = []string{"", " ", "a", "Hello, World", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "a,b,,c", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\""}

var goldenTextAnswers = []golden{
	{pw.Col("s").Lower(), []string{"", " ", "a", "hello, world", "äöü gaſſe σασ", "zoë", "日本語テキスト", "a,b,,c", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "it's \"quoted\"", "NULL"}},
	{pw.Col("s").Upper(), []string{"", " ", "A", "HELLO, WORLD", "ÄÖÜ GASSE ΣΑΣ", "ZOË", "日本語テキスト", "A,B,,C", "  BOTH  ", "HTTP://SHOP/A/B?CHANNEL_ID=42&X=1", "100%", "A_C", "ABC", "AAAA", "NAÏVE CAFÉ 🙂 EMOJI", "X\nY", "IT'S \"QUOTED\"", "NULL"}},
	{pw.Col("s").Trim(), []string{"", "", "a", "Hello, World", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "a,b,,c", "both", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").Length(), []string{"0", "1", "1", "12", "13", "3", "7", "6", "8", "33", "4", "3", "3", "4", "18", "3", "13", "NULL"}},
	{pw.Col("s").Replace("a", "éé"), []string{"", " ", "éé", "Hello, World", "ÄÖÜ Gééſſe ΣΑΣ", "Zoë", "日本語テキスト", "éé,b,,c", "  both  ", "http://shop/éé/b?chéénnel_id=42&x=1", "100%", "éé_c", "éébc", "éééééééé", "nééïve cééfé 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").Replace("", "x"), []string{"", " ", "a", "Hello, World", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "a,b,,c", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").Substring(2, 3), []string{"", "", "", "ell", "ÖÜ ", "oë", "本語テ", ",b,", " bo", "ttp", "00%", "_c", "bc", "aaa", "aïv", "\ny", "t's", "NULL"}},
	{pw.Col("s").Substring(0, 2), []string{"", " ", "a", "H", "Ä", "Z", "日", "a", " ", "h", "1", "a", "a", "a", "n", "x", "I", "NULL"}},
	{pw.Col("s").Substring(5, 100), []string{"", "", "", "o, World", "Gaſſe ΣΑΣ", "", "キスト", ",c", "th  ", "://shop/a/b?channel_id=42&x=1", "", "", "", "", "e café 🙂 emoji", "", " \"quoted\"", "NULL"}},
	{pw.Col("s").Substring(3, 0), []string{"", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").SplitPart(",", 1), []string{"", " ", "a", "Hello", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "a", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").SplitPart(",", 2), []string{"", "", "", " World", "", "", "", "b", "", "", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").SplitPart("/", 4), []string{"", "", "", "", "", "", "", "", "", "a", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").SplitPart(",", -1), []string{"", " ", "a", " World", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "c", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").SplitPart(",", -4), []string{"", "", "", "", "", "", "", "a", "", "", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").SplitPart(",", -5), []string{"", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").CountSubstring("a"), []string{"0", "0", "1", "0", "1", "0", "0", "1", "0", "2", "0", "1", "1", "4", "2", "0", "0", "NULL"}},
	{pw.Col("s").CountSubstring("aa"), []string{"0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "2", "0", "0", "0", "NULL"}},
	{pw.Col("s").Contains("é"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "NULL"}},
	{pw.Col("s").Contains(""), []string{"true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "NULL"}},
	{pw.Col("s").StartsWith("a"), []string{"false", "false", "true", "false", "false", "false", "false", "true", "false", "false", "false", "true", "true", "true", "false", "false", "false", "NULL"}},
	{pw.Col("s").EndsWith("c"), []string{"false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "true", "true", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("a%"), []string{"false", "false", "true", "false", "false", "false", "false", "true", "false", "false", "false", "true", "true", "true", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("%a%"), []string{"false", "false", "true", "false", "true", "false", "false", "true", "false", "true", "false", "true", "true", "true", "true", "false", "false", "NULL"}},
	{pw.Col("s").Like("a_c"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "true", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("_"), []string{"false", "true", "true", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("%"), []string{"true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "NULL"}},
	{pw.Col("s").Like(""), []string{"true", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("%_ï%é%"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "NULL"}},
	{pw.Col("s").Like("%___"), []string{"false", "false", "false", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "true", "NULL"}},
	{pw.Col("s").Like(`100\%`), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("%a%a%"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "true", "true", "false", "false", "NULL"}},
	{pw.Col("s").Like("a%a"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("aa%aa"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "NULL"}},
	{pw.Col("s").Like("aaa%aaa"), []string{"false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").RegexpMatches("[a-c]+$"), []string{"false", "false", "true", "false", "false", "false", "false", "true", "false", "false", "false", "true", "true", "true", "false", "false", "false", "NULL"}},
	{pw.Col("s").RegexpExtract(`channel_id=([^&]*)`, 1), []string{"", "", "", "", "", "", "", "", "", "42", "", "", "", "", "", "", "", "NULL"}},
	{pw.Col("s").RegexpExtract(`[a-z]+`, 0), []string{"", "", "a", "ello", "a", "o", "", "a", "both", "http", "", "a", "abc", "aaaa", "na", "x", "t", "NULL"}},
	{pw.Col("s").Split(","), []string{"['']", "[' ']", "[a]", "[Hello, ' World']", "[ÄÖÜ Gaſſe ΣΑΣ]", "[Zoë]", "[日本語テキスト]", "[a, b, '', c]", "['  both  ']", "['http://shop/a/b?channel_id=42&x=1']", "[100%]", "[a_c]", "[abc]", "[aaaa]", "[naïve café 🙂 emoji]", "[x\ny]", "['It\\'s \"quoted\"']", "NULL"}},
	{pw.Col("s").Split(""), []string{"['']", "[' ']", "[a]", "[H, e, l, l, o, ',', ' ', W, o, r, l, d]", "[Ä, Ö, Ü, ' ', G, a, ſ, ſ, e, ' ', Σ, Α, Σ]", "[Z, o, ë]", "[日, 本, 語, テ, キ, ス, ト]", "[a, ',', b, ',', ',', c]", "[' ', ' ', b, o, t, h, ' ', ' ']", "[h, t, t, p, ':', /, /, s, h, o, p, /, a, /, b, ?, c, h, a, n, n, e, l, _, i, d, '=', 4, 2, &, x, '=', 1]", "[1, 0, 0, %]", "[a, _, c]", "[a, b, c]", "[a, a, a, a]", "[n, a, ï, v, e, ' ', c, a, f, é, ' ', 🙂, ' ', e, m, o, j, i]", "[x, '\n', y]", "[I, t, '\\'', s, ' ', '\"', q, u, o, t, e, d, '\"']", "NULL"}},
	{pw.Col("s").Split("aa"), []string{"['']", "[' ']", "[a]", "['Hello, World']", "[ÄÖÜ Gaſſe ΣΑΣ]", "[Zoë]", "[日本語テキスト]", "['a,b,,c']", "['  both  ']", "['http://shop/a/b?channel_id=42&x=1']", "[100%]", "[a_c]", "[abc]", "['', '', '']", "[naïve café 🙂 emoji]", "[x\ny]", "['It\\'s \"quoted\"']", "NULL"}},
	{pw.Col("s").Concat("-", pw.Col("s"), 7), []string{"-7", " - 7", "a-a7", "Hello, World-Hello, World7", "ÄÖÜ Gaſſe ΣΑΣ-ÄÖÜ Gaſſe ΣΑΣ7", "Zoë-Zoë7", "日本語テキスト-日本語テキスト7", "a,b,,c-a,b,,c7", "  both  -  both  7", "http://shop/a/b?channel_id=42&x=1-http://shop/a/b?channel_id=42&x=17", "100%-100%7", "a_c-a_c7", "abc-abc7", "aaaa-aaaa7", "naïve café 🙂 emoji-naïve café 🙂 emoji7", "x\ny-x\ny7", "It's \"quoted\"-It's \"quoted\"7", "NULL"}},
	{pw.Col("s").Split(",").ListLen(), []string{"1", "1", "1", "2", "1", "1", "1", "4", "1", "1", "1", "1", "1", "1", "1", "1", "1", "NULL"}},
	{pw.Col("s").Split(",").ListGet(2), []string{"NULL", "NULL", "NULL", " World", "NULL", "NULL", "NULL", "b", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"}},
	{pw.Col("s").Split(",").ListGet(-1), []string{"", " ", "a", " World", "ÄÖÜ Gaſſe ΣΑΣ", "Zoë", "日本語テキスト", "c", "  both  ", "http://shop/a/b?channel_id=42&x=1", "100%", "a_c", "abc", "aaaa", "naïve café 🙂 emoji", "x\ny", "It's \"quoted\"", "NULL"}},
	{pw.Col("s").Split(",").ListGet(0), []string{"NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"}},
	{pw.Col("s").Split(",").ListContains("b"), []string{"false", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "false", "false", "false", "false", "false", "false", "NULL"}},
	{pw.Col("s").Split(",").ListContains(""), []string{"true", "false", "false", "false", "false", "false", "false", "true", "false", "false", "false", "false", "false", "false", "false", "false", "false", "NULL"}},
}

// goldenTimes are the timestamps that goldenTimeAnswers are about; behind the last there is a NULL.
var goldenTimes = []string{"1970-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2024-02-29 12:34:56.789", "2023-12-31 23:59:59.5", "2024-12-30 00:00:00", "2021-01-03 13:00:01", "1900-03-01 01:02:03", "1582-10-15 06:07:08.000009", "0001-01-01 00:00:00", "2262-04-11 23:47:16.854775", "2026-11-22 16:00:00"}

var goldenTimeAnswers = []golden{
	{pw.Col("t").DateTrunc("year").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-01-01 00:00:00.000000", "2024-01-01 00:00:00.000000", "2023-01-01 00:00:00.000000", "2024-01-01 00:00:00.000000", "2021-01-01 00:00:00.000000", "1900-01-01 00:00:00.000000", "1582-01-01 00:00:00.000000", "0001-01-01 00:00:00.000000", "2262-01-01 00:00:00.000000", "2026-01-01 00:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("quarter").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-10-01 00:00:00.000000", "2024-01-01 00:00:00.000000", "2023-10-01 00:00:00.000000", "2024-10-01 00:00:00.000000", "2021-01-01 00:00:00.000000", "1900-01-01 00:00:00.000000", "1582-10-01 00:00:00.000000", "0001-01-01 00:00:00.000000", "2262-04-01 00:00:00.000000", "2026-10-01 00:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("month").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-01 00:00:00.000000", "2024-02-01 00:00:00.000000", "2023-12-01 00:00:00.000000", "2024-12-01 00:00:00.000000", "2021-01-01 00:00:00.000000", "1900-03-01 00:00:00.000000", "1582-10-01 00:00:00.000000", "0001-01-01 00:00:00.000000", "2262-04-01 00:00:00.000000", "2026-11-01 00:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("week").Strftime("%F %T.%f"), []string{"1969-12-29 00:00:00.000000", "1969-12-29 00:00:00.000000", "2024-02-26 00:00:00.000000", "2023-12-25 00:00:00.000000", "2024-12-30 00:00:00.000000", "2020-12-28 00:00:00.000000", "1900-02-26 00:00:00.000000", "1582-10-11 00:00:00.000000", "0001-01-01 00:00:00.000000", "2262-04-07 00:00:00.000000", "2026-11-16 00:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("day").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 00:00:00.000000", "2024-02-29 00:00:00.000000", "2023-12-31 00:00:00.000000", "2024-12-30 00:00:00.000000", "2021-01-03 00:00:00.000000", "1900-03-01 00:00:00.000000", "1582-10-15 00:00:00.000000", "0001-01-01 00:00:00.000000", "2262-04-11 00:00:00.000000", "2026-11-22 00:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("hour").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 23:00:00.000000", "2024-02-29 12:00:00.000000", "2023-12-31 23:00:00.000000", "2024-12-30 00:00:00.000000", "2021-01-03 13:00:00.000000", "1900-03-01 01:00:00.000000", "1582-10-15 06:00:00.000000", "0001-01-01 00:00:00.000000", "2262-04-11 23:00:00.000000", "2026-11-22 16:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("minute").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 23:59:00.000000", "2024-02-29 12:34:00.000000", "2023-12-31 23:59:00.000000", "2024-12-30 00:00:00.000000", "2021-01-03 13:00:00.000000", "1900-03-01 01:02:00.000000", "1582-10-15 06:07:00.000000", "0001-01-01 00:00:00.000000", "2262-04-11 23:47:00.000000", "2026-11-22 16:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("second").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 23:59:59.000000", "2024-02-29 12:34:56.000000", "2023-12-31 23:59:59.000000", "2024-12-30 00:00:00.000000", "2021-01-03 13:00:01.000000", "1900-03-01 01:02:03.000000", "1582-10-15 06:07:08.000000", "0001-01-01 00:00:00.000000", "2262-04-11 23:47:16.000000", "2026-11-22 16:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("millisecond").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 23:59:59.999000", "2024-02-29 12:34:56.789000", "2023-12-31 23:59:59.500000", "2024-12-30 00:00:00.000000", "2021-01-03 13:00:01.000000", "1900-03-01 01:02:03.000000", "1582-10-15 06:07:08.000000", "0001-01-01 00:00:00.000000", "2262-04-11 23:47:16.854000", "2026-11-22 16:00:00.000000", "NULL"}},
	{pw.Col("t").DateTrunc("microsecond").Strftime("%F %T.%f"), []string{"1970-01-01 00:00:00.000000", "1969-12-31 23:59:59.999999", "2024-02-29 12:34:56.789000", "2023-12-31 23:59:59.500000", "2024-12-30 00:00:00.000000", "2021-01-03 13:00:01.000000", "1900-03-01 01:02:03.000000", "1582-10-15 06:07:08.000009", "0001-01-01 00:00:00.000000", "2262-04-11 23:47:16.854775", "2026-11-22 16:00:00.000000", "NULL"}},
	{pw.Col("t").Year(), []string{"1970", "1969", "2024", "2023", "2024", "2021", "1900", "1582", "1", "2262", "2026", "NULL"}},
	{pw.Col("t").Quarter(), []string{"1", "4", "1", "4", "4", "1", "1", "4", "1", "2", "4", "NULL"}},
	{pw.Col("t").Month(), []string{"1", "12", "2", "12", "12", "1", "3", "10", "1", "4", "11", "NULL"}},
	{pw.Col("t").Week(), []string{"1", "1", "9", "52", "1", "53", "9", "41", "1", "15", "47", "NULL"}},
	{pw.Col("t").Day(), []string{"1", "31", "29", "31", "30", "3", "1", "15", "1", "11", "22", "NULL"}},
	{pw.Col("t").Hour(), []string{"0", "23", "12", "23", "0", "13", "1", "6", "0", "23", "16", "NULL"}},
	{pw.Col("t").Minute(), []string{"0", "59", "34", "59", "0", "0", "2", "7", "0", "47", "0", "NULL"}},
	{pw.Col("t").Second(), []string{"0", "59", "56", "59", "0", "1", "3", "8", "0", "16", "0", "NULL"}},
	{pw.Col("t").DayOfWeek(), []string{"4", "3", "4", "0", "1", "0", "4", "5", "1", "5", "0", "NULL"}},
	{pw.Col("t").DayOfYear(), []string{"1", "365", "60", "365", "365", "3", "60", "288", "1", "101", "326", "NULL"}},
	{pw.Col("t").Strftime("%Y-%m-%d"), []string{"1970-01-01", "1969-12-31", "2024-02-29", "2023-12-31", "2024-12-30", "2021-01-03", "1900-03-01", "1582-10-15", "0001-01-01", "2262-04-11", "2026-11-22", "NULL"}},
	{pw.Col("t").Strftime("%y %j"), []string{"70 001", "69 365", "24 060", "23 365", "24 365", "21 003", "00 060", "82 288", "01 001", "62 101", "26 326", "NULL"}},
	{pw.Col("t").Strftime("%H:%M:%S.%f"), []string{"00:00:00.000000", "23:59:59.999999", "12:34:56.789000", "23:59:59.500000", "00:00:00.000000", "13:00:01.000000", "01:02:03.000000", "06:07:08.000009", "00:00:00.000000", "23:47:16.854775", "16:00:00.000000", "NULL"}},
	{pw.Col("t").Strftime("%I %p"), []string{"12 AM", "11 PM", "12 PM", "11 PM", "12 AM", "01 PM", "01 AM", "06 AM", "12 AM", "11 PM", "04 PM", "NULL"}},
	{pw.Col("t").Strftime("%a %A %b %B"), []string{"Thu Thursday Jan January", "Wed Wednesday Dec December", "Thu Thursday Feb February", "Sun Sunday Dec December", "Mon Monday Dec December", "Sun Sunday Jan January", "Thu Thursday Mar March", "Fri Friday Oct October", "Mon Monday Jan January", "Fri Friday Apr April", "Sun Sunday Nov November", "NULL"}},
	{pw.Col("t").Strftime("%u %w"), []string{"4 4", "3 3", "4 4", "7 0", "1 1", "7 0", "4 4", "5 5", "1 1", "5 5", "7 0", "NULL"}},
	{pw.Col("t").Strftime("%%x"), []string{"%x", "%x", "%x", "%x", "%x", "%x", "%x", "%x", "%x", "%x", "%x", "NULL"}},
	{pw.Col("t").Strftime("%d/%m/%Y T"), []string{"01/01/1970 T", "31/12/1969 T", "29/02/2024 T", "31/12/2023 T", "30/12/2024 T", "03/01/2021 T", "01/03/1900 T", "15/10/1582 T", "01/01/0001 T", "11/04/2262 T", "22/11/2026 T", "NULL"}},
	{pw.Col("t").Epoch(pw.Micro), []string{"0", "-1", "1709210096789000", "1704067199500000", "1735516800000000", "1609678801000000", "-2203887477000000", "-12219270771999991", "-62135596800000000", "9223372036854775", "1795363200000000", "NULL"}},
	{pw.Col("t").Epoch(pw.Second), []string{"0", "-1", "1709210096", "1704067199", "1735516800", "1609678801", "-2203887477", "-12219270772", "-62135596800", "9223372036", "1795363200", "NULL"}},
	{pw.Col("t").Epoch(pw.Milli), []string{"0", "-1", "1709210096789", "1704067199500", "1735516800000", "1609678801000", "-2203887477000", "-12219270772000", "-62135596800000", "9223372036854", "1795363200000", "NULL"}},
	{pw.Col("t").Add(90 * time.Minute).Strftime("%F %T.%f"), []string{"1970-01-01 01:30:00.000000", "1970-01-01 01:29:59.999999", "2024-02-29 14:04:56.789000", "2024-01-01 01:29:59.500000", "2024-12-30 01:30:00.000000", "2021-01-03 14:30:01.000000", "1900-03-01 02:32:03.000000", "1582-10-15 07:37:08.000009", "0001-01-01 01:30:00.000000", "2262-04-12 01:17:16.854775", "2026-11-22 17:30:00.000000", "NULL"}},
	{pw.Col("t").Sub(1500 * time.Millisecond).Strftime("%F %T.%f"), []string{"1969-12-31 23:59:58.500000", "1969-12-31 23:59:58.499999", "2024-02-29 12:34:55.289000", "2023-12-31 23:59:58.000000", "2024-12-29 23:59:58.500000", "2021-01-03 12:59:59.500000", "1900-03-01 01:02:01.500000", "1582-10-15 06:07:06.500009", "0000-12-31 23:59:58.500000", "2262-04-11 23:47:15.354775", "2026-11-22 15:59:58.500000", "NULL"}},
}

// goldenNumbers are the numbers that goldenNumberAnswers are about; behind the last there is a NULL.
var goldenNumbers = []float64{0.0, -0.5, 0.5, 1.5, 2.5, -2.5, 0.285, 1234.5678, -1234.5678, 1e+300, 4.0, 100.0}

var goldenNumberAnswers = []golden{
	{pw.Col("x").Abs(), []string{"0.0", "0.5", "0.5", "1.5", "2.5", "2.5", "0.285", "1234.5678", "1234.5678", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Floor(), []string{"0.0", "-1.0", "0.0", "1.0", "2.0", "-3.0", "0.0", "1234.0", "-1235.0", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Ceil(), []string{"0.0", "-0.0", "1.0", "2.0", "3.0", "-2.0", "1.0", "1235.0", "-1234.0", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Round(0), []string{"0.0", "-1.0", "1.0", "2.0", "3.0", "-3.0", "0.0", "1235.0", "-1235.0", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Round(2), []string{"0.0", "-0.5", "0.5", "1.5", "2.5", "-2.5", "0.28", "1234.57", "-1234.57", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Round(-2), []string{"0.0", "-0.0", "0.0", "0.0", "0.0", "-0.0", "0.0", "1200.0", "-1200.0", "1e+300", "0.0", "100.0", "NULL"}},
	{pw.Col("x").Round(400), []string{"0.0", "-0.5", "0.5", "1.5", "2.5", "-2.5", "0.285", "1234.5678", "-1234.5678", "1e+300", "4.0", "100.0", "NULL"}},
	{pw.Col("x").Abs().Sqrt(), []string{"0.0", "0.7071067811865476", "0.7071067811865476", "1.224744871391589", "1.5811388300841898", "1.5811388300841898", "0.5338539126015656", "35.13641700572214", "35.13641700572214", "1e+150", "2.0", "10.0", "NULL"}},
	{pw.Col("x").Abs().Add(1).Ln(), []string{"0.0", "0.4054651081081644", "0.4054651081081644", "0.9162907318741551", "1.252762968495368", "1.252762968495368", "0.25075871834718305", "7.119285900491192", "7.119285900491192", "690.7755278982137", "1.6094379124341003", "4.61512051684126", "NULL"}},
	{pw.Col("x").Abs().Add(1).Log10(), []string{"0.0", "0.17609125905568124", "0.17609125905568124", "0.3979400086720376", "0.5440680443502757", "0.5440680443502757", "0.1089031276673133", "3.0918665816749478", "3.0918665816749478", "300.0", "0.6989700043360189", "2.0043213737826426", "NULL"}},
	{pw.Col("x").Round(0).Pow(2), []string{"0.0", "1.0", "1.0", "4.0", "9.0", "9.0", "0.0", "1525225.0", "1525225.0", "inf", "16.0", "10000.0", "NULL"}},
	{pw.Col("x").Div(1000).Exp(), []string{"1.0", "0.9995001249791693", "1.0005001250208359", "1.001501125562711", "1.0025031276057952", "0.9975031223974601", "1.0002850406163584", "3.4368927746013367", "0.29096048831956806", "inf", "1.004008010677342", "1.1051709180756477", "NULL"}},
}
