package reader

import (
	"errors"
	"math"
	"time"
)

// ErrNowhere says that a place is far from any city that habar knows.
var ErrNowhere = errors.New("far from any known city")

// farthest is how far in km a city's clock is taken to reach.
const farthest = 700.0

// cities are where habar's readers live, with their IANA zones: close together in the
// region, where clocks differ between neighbours, and one for each great zone of those
// who live abroad. A list of borders would be exact and weigh ten megabytes; the zone
// is shown to who shares a place, and changed by a button.
var cities = []struct {
	lat, lon float64
	zone     string
}{
	{43.24, 76.89, "Asia/Almaty"},
	{51.13, 71.43, "Asia/Almaty"},
	{42.32, 69.60, "Asia/Almaty"},
	{49.81, 73.09, "Asia/Almaty"},
	{53.28, 69.39, "Asia/Almaty"},
	{50.41, 80.23, "Asia/Almaty"},
	{49.97, 82.61, "Asia/Almaty"},
	{52.29, 76.97, "Asia/Almaty"},
	{54.87, 69.15, "Asia/Almaty"},
	{42.90, 71.37, "Asia/Almaty"},
	{45.02, 78.37, "Asia/Almaty"},
	{44.85, 65.50, "Asia/Qyzylorda"},
	{53.21, 63.62, "Asia/Qostanay"},
	{50.28, 57.21, "Asia/Aqtobe"},
	{47.11, 51.92, "Asia/Atyrau"},
	{51.23, 51.37, "Asia/Oral"},
	{43.65, 51.17, "Asia/Aqtau"},
	{42.87, 74.59, "Asia/Bishkek"},
	{40.52, 72.80, "Asia/Bishkek"},
	{40.93, 73.00, "Asia/Bishkek"},
	{42.49, 78.39, "Asia/Bishkek"},
	{42.52, 72.24, "Asia/Bishkek"},
	{41.43, 75.99, "Asia/Bishkek"},
	{40.06, 70.82, "Asia/Bishkek"},
	{41.31, 69.28, "Asia/Tashkent"},
	{40.78, 72.34, "Asia/Tashkent"},
	{40.38, 71.79, "Asia/Tashkent"},
	{41.00, 71.67, "Asia/Tashkent"},
	{40.12, 67.84, "Asia/Tashkent"},
	{39.65, 66.96, "Asia/Samarkand"},
	{39.77, 64.42, "Asia/Samarkand"},
	{38.86, 65.79, "Asia/Samarkand"},
	{37.22, 67.28, "Asia/Samarkand"},
	{41.55, 60.63, "Asia/Samarkand"},
	{42.46, 59.60, "Asia/Samarkand"},
	{38.56, 68.77, "Asia/Dushanbe"},
	{40.28, 69.62, "Asia/Dushanbe"},
	{37.84, 68.78, "Asia/Dushanbe"},
	{37.91, 69.78, "Asia/Dushanbe"},
	{37.49, 71.55, "Asia/Dushanbe"},
	{37.95, 58.38, "Asia/Ashgabat"},
	{39.07, 63.58, "Asia/Ashgabat"},
	{37.59, 61.83, "Asia/Ashgabat"},
	{41.84, 59.97, "Asia/Ashgabat"},
	{40.02, 52.97, "Asia/Ashgabat"},
	{39.51, 54.37, "Asia/Ashgabat"},
	{55.75, 37.62, "Europe/Moscow"},
	{59.94, 30.31, "Europe/Moscow"},
	{55.79, 49.12, "Europe/Moscow"},
	{47.23, 39.72, "Europe/Moscow"},
	{51.53, 46.03, "Europe/Saratov"},
	{46.35, 48.04, "Europe/Astrakhan"},
	{53.20, 50.15, "Europe/Samara"},
	{56.84, 60.61, "Asia/Yekaterinburg"},
	{54.73, 55.97, "Asia/Yekaterinburg"},
	{55.16, 61.40, "Asia/Yekaterinburg"},
	{51.77, 55.10, "Asia/Yekaterinburg"},
	{54.99, 73.37, "Asia/Omsk"},
	{55.03, 82.92, "Asia/Novosibirsk"},
	{53.35, 83.78, "Asia/Barnaul"},
	{56.01, 92.87, "Asia/Krasnoyarsk"},
	{52.29, 104.30, "Asia/Irkutsk"},
	{43.12, 131.89, "Asia/Vladivostok"},
	{54.71, 20.51, "Europe/Kaliningrad"},
	{40.41, 49.87, "Asia/Baku"},
	{41.72, 44.79, "Asia/Tbilisi"},
	{40.18, 44.51, "Asia/Yerevan"},
	{50.45, 30.52, "Europe/Kyiv"},
	{53.90, 27.57, "Europe/Minsk"},
	{41.01, 28.98, "Europe/Istanbul"},
	{39.93, 32.86, "Europe/Istanbul"},
	{35.69, 51.39, "Asia/Tehran"},
	{36.30, 59.61, "Asia/Tehran"},
	{34.56, 69.21, "Asia/Kabul"},
	{36.71, 67.11, "Asia/Kabul"},
	{33.68, 73.05, "Asia/Karachi"},
	{28.61, 77.21, "Asia/Kolkata"},
	{25.20, 55.27, "Asia/Dubai"},
	{24.71, 46.68, "Asia/Riyadh"},
	{43.83, 87.62, "Asia/Urumqi"},
	{39.47, 75.99, "Asia/Urumqi"},
	{39.90, 116.41, "Asia/Shanghai"},
	{31.23, 121.47, "Asia/Shanghai"},
	{23.13, 113.26, "Asia/Shanghai"},
	{47.89, 106.91, "Asia/Ulaanbaatar"},
	{37.57, 126.98, "Asia/Seoul"},
	{35.68, 139.65, "Asia/Tokyo"},
	{52.52, 13.40, "Europe/Berlin"},
	{52.23, 21.01, "Europe/Warsaw"},
	{50.08, 14.44, "Europe/Prague"},
	{48.86, 2.35, "Europe/Paris"},
	{51.51, -0.13, "Europe/London"},
	{41.90, 12.50, "Europe/Rome"},
	{40.42, -3.70, "Europe/Madrid"},
	{56.95, 24.11, "Europe/Riga"},
	{60.17, 24.94, "Europe/Helsinki"},
	{59.33, 18.07, "Europe/Stockholm"},
	{37.98, 23.73, "Europe/Athens"},
	{30.04, 31.24, "Africa/Cairo"},
	{32.08, 34.78, "Asia/Jerusalem"},
	{40.71, -74.01, "America/New_York"},
	{38.91, -77.04, "America/New_York"},
	{41.88, -87.63, "America/Chicago"},
	{39.74, -104.99, "America/Denver"},
	{34.05, -118.24, "America/Los_Angeles"},
	{43.65, -79.38, "America/Toronto"},
}

// ZoneAt returns the zone of the known city that lies nearest to a place, by latitude
// and longitude in degrees, or ErrNowhere at sea and in deserts.
func ZoneAt(lat, lon float64) (*time.Location, error) {
	if math.Abs(lat) > 90 || math.Abs(lon) > 180 || math.IsNaN(lat) || math.IsNaN(lon) {
		return nil, ErrNowhere
	}
	best, name := farthest, ""
	for _, c := range cities {
		if d := distance(lat, lon, c.lat, c.lon); d < best {
			best, name = d, c.zone
		}
	}
	if name == "" {
		return nil, ErrNowhere
	}
	return Zone(name)
}

// distance returns the way between two places on the ground in km (haversine).
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, degree = 6371, math.Pi / 180
	a := math.Pow(math.Sin((lat2-lat1)*degree/2), 2) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*math.Pow(math.Sin((lon2-lon1)*degree/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(a))
}
