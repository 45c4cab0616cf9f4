// Prints what Go's standard library makes of numbers, times and strings, a line each; ../table.rs compares.
// go run table.go > table.tsv
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func plain(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(text) != nil {
		panic(text)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func main() {
	random := rand.New(rand.NewSource(1))
	floats := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 1.5, 2.5, 12.5, 0.125, 1e5, 999999, 1e6, 1234567, 1e15, 1e16, 1e17,
		123456789012345680, 1e20, 123456789012345680000, 1e21, 1.5e21, 1e22, 1e23, 1.5e300, math.MaxFloat64, math.SmallestNonzeroFloat64,
		2.2250738585072014e-308, 1e-4, 1e-5, 1.25e-5, 1e-6, 9.99e-7, 1e-7, 1.5e-7, 1e-9, 1e-10, 5e-7, 1.5e-6, 2.5e-6, 0.0000005000000001,
		0.9999995, 0.99999949999, 123456.9999995, 8368558080, 9007199254740991, 9007199254740992, 9007199254740993, 1 << 60, 1 << 63, 1 << 64,
		0.1, 0.2, 0.3, 1.0 / 3, 2.0 / 3, 100.0 / 3, 0.25, 0.7, 4.35, 1.0000005, 1.00000050000001, 2097152.5, 4194304.4999995,
		0.0000152587890625, 0.00000762939453125, 0.000003814697265625, math.Inf(1), math.Inf(-1), math.NaN()}
	for range 60 {
		floats = append(floats, random.NormFloat64()*100, float64(random.Int63n(1e12))/1024, float64(random.Int63n(1e9))/1000,
			math.Pow(10, random.Float64()*34-12), float64(random.Uint64()))
	}
	for range 40 {
		for value := math.NaN(); ; {
			if value = math.Float64frombits(random.Uint64()); !math.IsNaN(value) && math.Abs(value) < 1e60 && math.Abs(value) > 1e-60 {
				floats = append(floats, value)
				break
			}
		}
	}
	for _, value := range floats {
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte("-none-")
		}
		fmt.Printf("float\t%016x\t%f\t%s\t%v\t%s\n", math.Float64bits(value), value, strconv.FormatFloat(value, 'f', -1, 64), value, text)
	}
	for _, value := range []int64{0, 1, -1, 9, 10, 99, 100, 4000, 123456789, 21474836480, math.MaxInt64, math.MinInt64} {
		fmt.Printf("int\t%016x\t%d\n", uint64(value), value)
	}
	for _, nanos := range []int64{0, 1, -1, 500000000, 1519905600000000000, 1519905600500000000, 1519905600123456789, 1519905600000000010,
		951782400000000000, 951868800000000000, 1078012800000000000, 4107456000000000000, 4107542400000000000, -2203891200000000000,
		1735689599999999999, 1709164800000000000, 1709251200000000000, 253402300799, math.MaxInt64, math.MinInt64} {
		at := time.Unix(0, nanos).UTC()
		fmt.Printf("time\t%016x\t%s\t%s\n", uint64(nanos), at.Format(time.RFC3339), at.Format(time.RFC3339Nano))
	}
	every := ""
	for c := range 0x80 {
		every += string(rune(c))
	}
	for _, text := range []string{"", "plain", every, "k8s-app:dns,tier:back end", "<a href=\"x\">&amp;</a>", "a\u2028b\u2029c\u2030d", "ü€😀ä",
		"db=k8s&rp=7d", "%zz+ ", "\u00e2\u0080\u00a8"} {
		html, err := json.Marshal(text)
		if err != nil {
			panic(err)
		}
		fmt.Printf("text\t%s\t%s\t%s\t%s\n", hex.EncodeToString([]byte(text)), html, plain(text), url.QueryEscape(text))
	}
}
