"""What a note is about, as a run can watch it: functions, anchored statements, calls."""
