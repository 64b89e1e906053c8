/** What BlockHound is told of this library. It finds it by itself, on the class path. */
@NullMarked
package io.rioreactive.blockhound;

import org.jspecify.annotations.NullMarked;
