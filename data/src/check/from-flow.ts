/**
 * Names of attributes computed from observed flow (the hydrologic signatures of Addor et al. 2017 and of the data sets after
 * it, the rating curves of Coxon et al. 2020), or of a model calibrated on it (HydroATLAS: WaterGAP's discharge and runoff,
 * and river areas, volumes and degrees of regulation from them). They would leak the target to a model.
 */
const fromFlowNames = [
  /^(q_?mean|runoff_ratio|stream_elas|slope_fdc|hfd_mean|swe_ratio|interv_degree)(_|$)/i,
  /^(baseflow_index|bfi)/i,
  /^q_?\d{1,2}(_|$)/i,
  /^(high|low|zero)_q_/i,
  /^(quncert|bankfull_flow|structurefull_flow)/i,
  /^(dis_m3|run_mm|ria_ha|riv_tc|dor_pc)_/,
  /^(nse|kge)(_|$)/i,
];

/** Whether an attribute comes from observed flow, by its name in published data sets. */
export function isFromFlow(name: string): boolean {
  return fromFlowNames.some((pattern) => pattern.test(name));
}
