package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Parcels leave by when they are due, and of those due at once in the order they came. */
class InFlightTest {

  @Test
  void itSortsAndKeepsTheOrderOfEquals() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      InFlight inFlight = new InFlight();
      List<Parcel> model = new ArrayList<>();
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(3) > 0) {
          Parcel parcel = new Parcel(null);
          parcel.due = random.nextInt(20);
          inFlight.add(parcel);
          model.add(parcel);
        } else if (!model.isEmpty()) {
          Parcel next = model.stream().min(Comparator.comparingLong(it -> it.due)).orElseThrow();
          assertThat(inFlight.peek()).isSameAs(next);
          assertThat(inFlight.poll()).as("seed %d, step %d", seed, step).isSameAs(next);
          model.remove(next);
        }
        assertThat(inFlight.size()).isEqualTo(model.size());
      }
    }
  }
}
