package store

import (
	"regexp"
	"strings"
)

// clock is the database's: leases are judged by it alone.
const clock = `extract(epoch FROM clock_timestamp())`

// How long what a replica holds is its own, in seconds of the database's clock.
const (
	silentAfter   = "5"  // without a sign of it, and others take it over
	updateLease   = "10" // an update that is being answered; it is renewed
	deliveryLease = "60" // a delivery that is being sent
)

// stale says that who holds a row is gone: its lease is over, or nothing was heard of it.
const stale = `(lease < ` + clock + ` OR NOT EXISTS (SELECT 1 FROM replicas r WHERE r.owner = held.owner AND r.seen > ` + clock + ` - ` + silentAfter + `))`

// postgresTexts is what PostgreSQL is told for a statement of ours where other words are not enough.
// {owner} is the process.
var postgresTexts = map[string]string{
	selectDue:       selectDue + ` FOR UPDATE`,
	selectAlertOf:   selectAlertOf + ` FOR UPDATE`,
	selectAlertsOf:  selectAlertsOf + ` ORDER BY id FOR UPDATE`,
	selectAlertByID: selectAlertByID + ` FOR UPDATE`,
	selectUnpaused:  selectUnpaused + ` ORDER BY id FOR UPDATE`,
	// LATERAL has each gauge look into the index: a plain join reads all alerts.
	selectReached: selectAlert + ` WHERE id = ANY (ARRAY(
		SELECT a.id FROM json_to_recordset(CAST($1 AS json)) AS m (g TEXT, l DOUBLE PRECISION, h DOUBLE PRECISION),
			LATERAL (SELECT id FROM alerts WHERE gauge = m.g AND high <= m.h AND high IS NOT NULL) a
		UNION ALL
		SELECT a.id FROM json_to_recordset(CAST($1 AS json)) AS m (g TEXT, l DOUBLE PRECISION, h DOUBLE PRECISION),
			LATERAL (SELECT id FROM alerts WHERE gauge = m.g AND low >= m.l AND low IS NOT NULL) a)) ORDER BY id FOR UPDATE`,
	saveAlertSQL: `UPDATE alerts SET thread = $1, base = $2, quote = $3, kind = $4, direction = $5, amount = $6, days = $7, repeat = $8, until = $9,
		state = $10, beyond = $11, baseline = $12, since = $13, seen = $14, muted = $15, fired = $16, gauge = $17, market = $18,
		low = CASE WHEN c.active THEN CAST($19 AS DOUBLE PRECISION) END, high = CASE WHEN c.active THEN CAST($20 AS DOUBLE PRECISION) END,
		due = CASE WHEN c.active THEN CAST($21 AS BIGINT) END
	FROM chats c WHERE c.id = alerts.chat AND alerts.id = $22`,
	claimSQL: `
		WITH chosen AS (
			SELECT id FROM deliveries WHERE state = 'queued' AND due <= $1 AND (SELECT pause FROM pace) <= ` + clock + `
			ORDER BY priority, due, id LIMIT $2 FOR UPDATE SKIP LOCKED),
		d AS (
			UPDATE deliveries SET state = 'sending', attempts = attempts + 1, begun = 1 - recovered, owner = {owner}, lease = ` + clock + ` + ` + deliveryLease + `
			WHERE id = ANY (ARRAY(SELECT id FROM chosen)) RETURNING *)
		SELECT d.id, d.kind, d.key, d.thread, d.born, d.payload, d.attempts, d.recovered,` + chatColumns + `
		FROM d JOIN chats c ON c.id = d.chat ORDER BY d.priority, d.due, d.id`,
	settleSentSQL: `
		UPDATE deliveries SET state = 'sent', reason = '', settled = $1, owner = ''
		WHERE id = ANY (ARRAY(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($2 AS json)) AS each (value))) AND owner = {owner}`,
	settleOtherSQL: strings.Replace(settleOtherSQL, `begun = 0
			WHERE id = $6 AND state = 'sending'`, `begun = 0, owner = ''
			WHERE id = $6 AND owner = {owner}`, 1),
	beginSQL: beginSQL + ` AND owner = {owner}`,
	endDoubtfulSQL: `
		UPDATE deliveries AS held SET state = 'sent', reason = 'begun twice before the program was killed', settled = $1, owner = ''
		WHERE state = 'sending' AND begun = 1 AND recovered = 1 AND priority > $2 AND ` + stale,
	recoverSQL: `
		UPDATE deliveries AS held SET state = 'queued', attempts = attempts - 1, recovered = greatest(recovered, begun), begun = 0, owner = '',
			due = CASE WHEN begun = 1 THEN greatest(due, CAST($1 AS BIGINT)) ELSE due END
		WHERE state = 'sending' AND ` + stale,
	keepUpdateSQL: `
		INSERT INTO inbox (id, body, at, lane, owner, lease) SELECT $1, $2, $3, $4, {owner}, ` + clock + ` + ` + updateLease + `
		WHERE NOT EXISTS (SELECT 1 FROM updates WHERE id = $1)
		ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, lease = excluded.lease WHERE inbox.lease < ` + clock,
	waitingUpdatesSQL: `
		WITH taken AS (
			UPDATE inbox SET owner = {owner}, lease = ` + clock + ` + ` + updateLease + `
			WHERE id IN (SELECT id FROM inbox AS held WHERE id > $1 AND ` + stale + ` ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
			RETURNING id, body)
		SELECT id, body FROM taken ORDER BY id`,
	forgetInbox: forgetInbox + ` AND lease < ` + clock, // what is in hand is handled, and gone then
	keepStems:   `INSERT INTO stories_stems (rowid, stems) VALUES ($1, string_to_array($2 || ' ' || $3, ' ')) ON CONFLICT (rowid) DO UPDATE SET stems = excluded.stems`,
}

var (
	otherWords = strings.NewReplacer(
		`group_concat(name, char(10))`, `string_agg(name, chr(10))`,
		`json_group_object(language, title)`, `coalesce(CAST(json_object_agg(language, title) AS TEXT), '{}')`,
		`stories_stems MATCH $3`, `stems @> string_to_array(replace($3, '"', ''), ' ')`,
	)
	// An array has the planner look each value up; a subquery it may join with the whole table.
	inList   = regexp.MustCompile(`IN \((SELECT (?:value|CAST\(value AS BIGINT\)) FROM json_each\(\$\d+\))\)`)
	jsonEach = regexp.MustCompile(`json_each\((\$\d+)\)( \w\b)?`)
)

// postgresOf returns what PostgreSQL is told for a statement of ours.
func postgresOf(query string) string {
	if text, ok := postgresTexts[query]; ok {
		return text
	}
	query = inList.ReplaceAllString(otherWords.Replace(query), "= ANY (ARRAY($1))")
	return jsonEach.ReplaceAllStringFunc(query, func(call string) string {
		part := jsonEach.FindStringSubmatch(call)
		name := strings.TrimSpace(part[2])
		if name == "" {
			name = "each"
		}
		return `json_array_elements_text(CAST(` + part[1] + ` AS json)) AS ` + name + ` (value)`
	})
}
