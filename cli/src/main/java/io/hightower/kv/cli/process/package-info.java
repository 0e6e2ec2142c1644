/**
 * Child processes under one parent, and the signals that stop a process.
 *
 * <p>{@link io.hightower.kv.cli.process.Supervisor} keeps one {@code SupervisedProcess} per child: started, heard, restarted
 * when it dies, stopped. A child holds the read end of a pipe that nobody writes to; {@link
 * io.hightower.kv.cli.process.InputWatch} in the child sees it end when the parent is gone, however it died, so no child
 * outlives its parent.
 */
@NullMarked
package io.hightower.kv.cli.process;

import org.jspecify.annotations.NullMarked;
