/**
 * Processes that use the store on real files and are killed, with SIGKILL, at any moment.
 *
 * <p>{@link io.hightower.kv.engine.kill.KillLoop} starts one {@link io.hightower.kv.engine.kill.VictimProgram} after the other on
 * one directory. Each opens the store, looks at everything in it, tells what it found and goes on writing; what it
 * acknowledges reaches the loop through a pipe. {@link io.hightower.kv.engine.kill.WriterScript} says what every thread writes,
 * in every process the same, so that what is found can be held against what was acknowledged. Threads: the loop and one reader of
 * the pipe; in the program one per script.
 */
package io.hightower.kv.engine.kill;
