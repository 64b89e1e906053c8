import org.jspecify.annotations.NullMarked;

/**
 * Small programs that use rio-reactive and nothing but its public API. {@code rio-probe} alone goes
 * deeper: it calls Windows by the library's own bindings.
 */
@NullMarked
module io.rioreactive.samples {
  requires io.rioreactive;
  requires HdrHistogram;
  requires info.picocli;
  requires static org.jspecify;

  opens io.rioreactive.samples to
      info.picocli; // fills the options in by reflection
  opens io.rioreactive.samples.rioprobe to
      info.picocli;
}
