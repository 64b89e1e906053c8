package io.rioreactive.samples.rioprobe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whoever reads a table learns whether Windows gave the answers. */
class SurroundingsTest {

  private static Surroundings surroundings(String winsock, String wine) {
    return new Surroundings("Windows 11 (10.0.1)", "a processor, 2 logical", "25", winsock, wine);
  }

  @Test
  void windowsItselfHasNoCaveat() {
    assertThat(surroundings("ws2_32", null).caveat()).isNull();
    assertThat(surroundings("ws2_32", null).text())
        .isEqualTo("Windows 11 (10.0.1); a processor, 2 logical; JDK 25; Winsock: ws2_32");
  }

  @Test
  void wineAndAnyOtherWinsockAreNamed() {
    assertThat(surroundings("ws2_32", "8.0").caveat())
        .isEqualTo("These answers come from Wine 8.0. They prove nothing about Windows.");
    assertThat(surroundings("rio_double.dll", "8.0").caveat())
        .isEqualTo(
            "These answers come from Wine 8.0 with rio_double.dll. They prove nothing about"
                + " Windows.");
    assertThat(surroundings("rio_double.dll", null).caveat())
        .isEqualTo("These answers come from rio_double.dll. They prove nothing about Windows.");
  }
}
