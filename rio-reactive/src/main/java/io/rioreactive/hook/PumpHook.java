package io.rioreactive.hook;

import io.rioreactive.kernel.Kernel;
import java.lang.invoke.MethodHandles;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pump group of one pump over a given kernel, turned by a given driver.
 *
 * <p>The API has no such method, since the kernel's types are none of its users' business: the
 * group class leaves its factory here when it is initialised.
 */
public final class PumpHook {

  private static volatile @Nullable BiFunction<Kernel, PumpDriver, ?> factory;

  private PumpHook() {}

  /** Called by the group class alone. */
  public static void install(BiFunction<Kernel, PumpDriver, ?> groupFactory) {
    factory = groupFactory;
  }

  /**
   * Makes the group.
   *
   * @param groupType {@code PumpGroup.class}, which this package does not know
   */
  public static <G> G newGroup(Class<G> groupType, Kernel kernel, PumpDriver driver) {
    try {
      MethodHandles.lookup().ensureInitialized(groupType);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(groupType + " is not accessible", e);
    }
    BiFunction<Kernel, PumpDriver, ?> installed = factory;
    if (installed == null) {
      throw new IllegalArgumentException(groupType + " installs no factory: pass PumpGroup.class");
    }
    return groupType.cast(installed.apply(kernel, driver));
  }
}
