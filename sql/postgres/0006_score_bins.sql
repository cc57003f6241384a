-- A shop may score by 2 to 10 bins; until here scores ended at 5.
alter table rfm.segments
  drop constraint segments_r_score_check,
  drop constraint segments_f_score_check,
  drop constraint segments_m_score_check,
  add constraint segments_r_score_check check (r_score between 1 and 10),
  add constraint segments_f_score_check check (f_score between 1 and 10),
  add constraint segments_m_score_check check (m_score between 1 and 10);
