import org.jspecify.annotations.NullMarked;

/**
 * Reactive UDP: Project Reactor over the kernel's own completion queues.
 *
 * <p>Applications use {@link io.rioreactive} and, where they have Micrometer, {@code
 * io.rioreactive.micrometer}. The other packages are open to the project's own test module only,
 * whose kernel contract runs on each provider, and to its sample {@code rio-probe}, which asks
 * Windows what no API tells.
 */
@NullMarked
@SuppressWarnings("module") // the modules named below are built after this one
module io.rioreactive {
  requires transitive reactor.core;
  requires transitive org.reactivestreams;
  requires static transitive org.jspecify;
  requires org.jctools.core;
  requires org.slf4j;
  requires jdk.jfr;
  // What an application may do without.
  requires static micrometer.core;
  requires static reactor.blockhound;

  exports io.rioreactive;
  exports io.rioreactive.micrometer;
  exports io.rioreactive.kernel to
      io.rioreactive.test,
      io.rioreactive.samples;
  exports io.rioreactive.kernel.linux to
      io.rioreactive.test;
  exports io.rioreactive.kernel.nio to
      io.rioreactive.test;
  exports io.rioreactive.kernel.windows to
      io.rioreactive.test,
      io.rioreactive.samples;
  exports io.rioreactive.ffm to
      io.rioreactive.samples;
  exports io.rioreactive.hook to
      io.rioreactive.test;
}
