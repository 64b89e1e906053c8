package io.rioreactive.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SocketsTest {

  private static final List<String> TABLE =
      List.of(
          "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid "
              + " timeout inode ref pointer drops             ",
          " 1042: 0100007F:1F90 00000000:0000 07 00000000:00000300 00:00000000 00000000     0      "
              + "  0 63290 2 00000000c7a4f9a1 17        ",
          "11043: 0100007F:1F91 00000000:0000 07 00000005:00000000 00:00000000 00000000     0      "
              + "  0 63291 2 00000000c7a4f9a2 4000000000",
          " 1044: 0100007F:1F92 0100007F:1F90 01 00000000:00000001 00:00000000 00000000     0      "
              + "  0 63292 2 00000000c7a4f9a3 5",
          "   sl  local_address                         remote_address                        st"
              + " tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
          " 1042: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 07"
              + " 00000000:00000010 00:00000000 00000000     0        0 70 2 0000000000000000 3");

  @Test
  void socketsOfOtherPortsDoNotCount() {
    assertThat(Sockets.parse(TABLE, Set.of(0x1F91))).isEqualTo(new Sockets(0, 4_000_000_000L));
    assertThat(Sockets.parse(TABLE, Set.of(1))).isEqualTo(new Sockets(0, 0));
  }

  @Test
  void thoseOfBothFamiliesAndOfAllPortsAreAddedUp() {
    assertThat(Sockets.parse(TABLE, Set.of(0x1F90))).isEqualTo(new Sockets(0x310, 20));
    assertThat(Sockets.parse(TABLE, Set.of(0x1F90, 0x1F92))).isEqualTo(new Sockets(0x311, 25));
  }
}
