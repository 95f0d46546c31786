package bot

import (
	"testing"

	"habar/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
