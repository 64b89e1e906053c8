package io.rioreactive.spring.boot;

import io.rioreactive.PumpGroup;
import io.rioreactive.spring.boot.RioUdpProperties.Pumps;
import java.util.function.Function;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Makes the shared pumps from {@code rio.udp.pump-group.*}. */
final class PumpGroupFactory {

  private PumpGroupFactory() {}

  /**
   * The group, with no thread yet.
   *
   * @throws InvalidConfigurationPropertyValueException if a value is out of its range, or two
   *     exclude each other: by property, with what is allowed
   */
  static PumpGroup create(Pumps said) {
    PumpGroup group = PumpGroup.create();
    set("name", said.name(), group::name);
    set("size", said.size(), group::size);
    set("provider", said.provider(), group::provider);
    set("notification", said.notification(), group::notification);
    set("busy-poll", said.busyPoll(), group::busyPoll);
    set("cpu-affinity", said.cpuAffinity().stream().mapToInt(i -> i).toArray(), group::cpuAffinity);
    return group;
  }

  private static <V> void set(String property, V value, Function<V, PumpGroup> setter) {
    try {
      PumpGroup _ = setter.apply(value);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      throw ServerFactory.refusal("rio.udp.pump-group." + property, value, refused);
    }
  }
}
