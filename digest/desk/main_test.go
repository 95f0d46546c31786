package desk_test

import (
	"testing"

	"habar/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
