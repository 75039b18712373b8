CREATE TEMP TABLE zuka_segment_people ON COMMIT DROP AS {people}
